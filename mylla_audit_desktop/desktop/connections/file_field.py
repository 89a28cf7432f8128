"""A field for the path of a file, with a button that finds it."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget

from mylla_audit_desktop.desktop.widgets import button


class FileField(QWidget):
    """`hint`: what holds where none is chosen."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self._name = name
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(hint)
        self.browse = button("Browse…")
        self.browse.setAccessibleName(f"Browse for {name}")
        self.browse.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """The path as typed, "" for none."""
        return self.line.text().strip()

    def _choose(self) -> None:
        folder = str(Path(self.text()).parent) if self.text() else ""
        path, _ = QFileDialog.getOpenFileName(self, self._name, folder)
        if path:
            self.line.setText(path)
