"""What the window needs only after its first rows: loaded while they are looked at."""

import gc
from collections.abc import Callable
from importlib import import_module

from mylla_audit_desktop.desktop.background import Background

_MODULES = (
    "rapidfuzz.distance",
    "mylla_audit_desktop.desktop.audit_log.export_dialog",
    "mylla_audit_desktop.desktop.review.report_dialog",
    "mylla_audit_desktop.desktop.review.policy_dialog",
    "mylla_audit_desktop.desktop.review.sign_off_dialog",
    "mylla_audit_desktop.desktop.connections.dialog",
    "mylla_audit_desktop.desktop.connections.evidence_dialog",
    "mylla_audit_desktop.desktop.review.page",
    "mylla_audit_desktop.desktop.activity.page",
    "mylla_audit_desktop.desktop.retention.page",
)


def load_later(background: Background, then: Callable[[], None]) -> None:
    """Load the modules of pages and dialogs, so that none opens slowly, and go on with `then`."""

    def done(_loaded: object) -> None:
        # All this stays. To look through it for garbage, again and again, would stop
        # the window for as long as three frames each time.
        gc.freeze()
        then()

    background.run(
        lambda _cancellation, _report: [import_module(name) for name in _MODULES],
        done=done,
        lane="load",
    )
