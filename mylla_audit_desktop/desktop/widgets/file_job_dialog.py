"""A dialog that writes one file: where to, whether it may replace another, where it is then."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.widgets import button
from mylla_audit_desktop.desktop.widgets.job_dialog import JobDialog, JobWords
from mylla_audit_desktop.log.errors import KnownError


class FileJobDialog(JobDialog):
    """file_name and replace_name: what a screen reader calls the two fields.

    kinds: the files that the file dialog offers, such as `CSV (*.csv)`.
    """

    def __init__(
        self,
        words: JobWords,
        background: Background,
        path: Path,
        parent: QWidget | None,
        *,
        file_name: str,
        replace_name: str,
        kinds: str,
    ) -> None:
        super().__init__(words, background, parent)
        self._kinds = kinds
        self.written: Path | None = None
        self.file = QLineEdit(str(path))
        self.file.setAccessibleName(file_name)
        # What is typed takes its place.
        self.file.selectAll()
        self.browse = button("Browse…")
        self.replace = QCheckBox("Replace the file that is there")
        self.replace.setAccessibleName(replace_name)
        self.show_folder = button("Show in folder")
        self.show_folder.hide()
        self.inputs = (self.file, self.browse, self.replace)
        self.file_row = QHBoxLayout()
        self.file_row.setSpacing(8)
        self.file_row.addWidget(self.file, 1)
        self.file_row.addWidget(self.browse)
        self.browse.clicked.connect(self._choose_file)
        self.file.textChanged.connect(self._take_name)
        self.replace.toggled.connect(self._take_consent)
        self.show_folder.clicked.connect(self._open_folder)

    def path(self) -> Path:
        """Where the file is to be."""
        path = Path(self.file.text().strip())
        # `~somebody` who is not known here is a name like any other.
        with suppress(RuntimeError):
            path = path.expanduser()
        return path.absolute()

    def look_at_file(self) -> None:
        """Offer to replace a file that is there."""
        is_there = False
        # Of a name that is too long, or in a folder that is closed to us, the refusal tells.
        with suppress(OSError):
            is_there = self.path().is_file()
        self.replace.setVisible(is_there)
        self.fit()

    def tell_written(self, path: Path, *lines: str) -> None:
        """The file is there: say so, and offer its folder."""
        self.written = path
        self.say("good", *lines)
        self.show_folder.show()
        self.settle()

    def take_refusal(self, error: KnownError) -> None:
        """The command's words about a file that is there, in those of the window."""
        self.say("error", error.sentence.replace("or replace it with --force", "or tick Replace"))
        self.look_at_file()
        if self.replace.isVisible():
            self.replace.setFocus()

    def _take_name(self) -> None:
        # What may be replaced is the file that was seen when it was ticked.
        self.replace.setChecked(False)
        # What was said is about the name before.
        self.say("muted", "")
        self.look_at_file()

    def _take_consent(self, is_given: bool) -> None:
        # To tick it was the advice, which is followed.
        if is_given and self.state.property("tone") == "error":
            self.say("muted", "")

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self,
            self._words.window,
            str(self.path()),
            self._kinds,
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self.file.setText(path)

    def _open_folder(self) -> None:
        if self.written is None:
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.written.parent))):
            written = self.state.text().splitlines()[0]
            self.say("note", written, "No program was found that shows folders.")
