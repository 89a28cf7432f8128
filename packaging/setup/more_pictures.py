"""Pictures of what the tour passes by: the policy's editor, the retention page; on the demo.

Usage: python packaging/setup/more_pictures.py FOLDER PROFILE THEME
"""

import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.log.period import PeriodChoice, Preset

_PATIENCE_SECONDS = 120.0


def main() -> None:
    folder, profile, theme = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication([])
    arguments = Namespace(
        profile=profile,
        theme=theme,
        size=(1280, 800),
        demo=True,
        database=None,
        connection=None,
        target=None,
        reviewer=None,
    )
    session = Session(application, arguments)
    session.start()
    page = session.window.review
    page.head.set_choice(PeriodChoice(Preset.LAST_QUARTER))
    until(lambda: session.window.audit_log.model.rowCount() > 0)
    session.window.show_page(page)
    until(lambda: page.reading is not None)
    page.open_policy()
    dialog = page.findChild(PolicyDialog)
    until(lambda: "This policy gives" in dialog.effect.text())
    until(lambda: len(dialog.versions.menu().actions()) > 1)
    QTest.qWait(200)
    dialog.grab().save(str(folder / f"policy-{theme}.png"))
    dialog.tabs.setCurrentIndex(1)
    QTest.qWait(200)
    dialog.grab().save(str(folder / f"exceptions-{theme}.png"))
    dialog.reject()
    retention = session.window.retention
    session.window.show_page(retention)
    until(lambda: retention.state is not None)
    QTest.qWait(200)
    session.window.grab().save(str(folder / f"retention-{theme}.png"))
    session.window.close()
    session.finish()


def until(is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_there():
        assert time.monotonic() < deadline
        QTest.qWait(5)


if __name__ == "__main__":
    main()
