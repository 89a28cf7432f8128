"""Opening an evidence file: its entries go into a log of their own, which can be read."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QWidget

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.widgets import (
    button,
    dialog_column,
    fit,
    plain_label,
    say_aloud,
    set_tone,
)
from mylla_audit_desktop.evidence.evidence_log import make_evidence_log
from mylla_audit_desktop.log.errors import KnownError
from mylla_audit_desktop.log.visible import visible_text

_WIDTH = 560


class EvidenceDialog(QDialog):
    """Imports one file on show; `imported(path)` names the SQLite file that holds it."""

    imported = Signal(object)
    another_requested = Signal()

    def __init__(
        self, path: Path, folder: Path, background: Background, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open evidence")
        self.setAccessibleName("Open evidence")
        self._path, self._folder, self._background = path, folder, background
        self._slot = Latest()
        self.state = plain_label("Looking at the file…", "muted", is_selectable=True)
        self.state.setWordWrap(True)
        self.state.setAccessibleName("Import state")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Import progress")
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 0)
        self.another = button("Choose another file…")
        self.another.hide()
        self.cancel = button("Cancel")
        buttons = QHBoxLayout()
        buttons.addWidget(self.another)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        layout = dialog_column(self, f"Opening {visible_text(path.name)}")
        layout.addWidget(self.progress)
        layout.addWidget(self.state)
        layout.addLayout(buttons)
        self.cancel.clicked.connect(self.reject)
        self.another.clicked.connect(self._choose_another)
        self.finished.connect(self._slot.cancel)
        fit(self, _WIDTH)

    def start(self) -> None:
        """Import the file in the background."""
        path, folder = self._path, self._folder

        def work(cancellation: Cancellation, report: Report) -> Path:
            return make_evidence_log(path, folder, cancellation, report)

        self._slot.put(
            self._background.run(
                work, done=self._done, failed=self._fail, progress=self._tell, lane="connect"
            )
        )

    def _tell(self, count: object) -> None:
        if isinstance(count, int):
            self._say(f"{format_count(count)} so far", "muted")

    def _done(self, path: Path) -> None:
        self.imported.emit(path)
        self.accept()

    def _fail(self, error: Exception) -> None:
        self.progress.hide()
        self.cancel.setText("Close")
        self.cancel.setAccessibleName("Close")
        self.another.show()
        if isinstance(error, KnownError):
            self._say(error.sentence, "error")
            return
        self._say("Something unexpected happened; nothing was imported.", "error")
        self._background.crashed.emit(error)

    def _choose_another(self) -> None:
        self.reject()
        self.another_requested.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel what is under way."""
        self._slot.cancel()
        super().closeEvent(event)

    def _say(self, text: str, tone: str) -> None:
        shown = visible_text(text)
        # A list of columns has no blanks; it may be broken at its commas.
        self.state.setText(shown.replace(",", ",\u200b"))
        self.state.setAccessibleDescription(shown)
        if tone == "error":
            say_aloud(self.state, shown)
        set_tone(self.state, "tone", tone)
        fit(self, _WIDTH)
