"""Choosing the time zone in which times and days are shown."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from mylla_audit_desktop.desktop.widgets import button, dialog_column, plain_label
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.log.zones import all_zone_names, read_system_zone

_ROW_HEIGHT = 26


class ZoneDialog(QDialog):
    """A list to search; the first line is the system's own zone."""

    def __init__(self, current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Time zone")
        self.setAccessibleName("Time zone")
        self.resize(380, 460)
        self.search = QLineEdit()
        self.search.setAccessibleName("Search time zones")
        self.search.setPlaceholderText("Search, e.g. Berlin")
        self.list = QListWidget()
        self.list.setAccessibleName("Time zones")
        self.list.setObjectName("zones")
        system = read_system_zone()
        for label, name in (
            (f"System ({': '.join(filter(None, (system.zone.key, system.doubt)))})", ""),
            *((name, name) for name in all_zone_names()),
        ):
            item = QListWidgetItem(visible_text(label))
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, _ROW_HEIGHT))
            self.list.addItem(item)
            if name == current:
                self.list.setCurrentItem(item)
        self.take, self.cancel = button("Use this zone", "primary"), button("Cancel")
        self.take.setDefault(True)
        self.take.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.take)
        layout = dialog_column(self, "Time zone")
        layout.addWidget(plain_label("Times and days are shown in this zone.", "muted"))
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.search.textChanged.connect(self._filter)
        self.list.itemDoubleClicked.connect(self.accept)

    def chosen(self) -> str:
        """The IANA name, "" for the system's."""
        item = self.list.currentItem()
        return "" if self.list.currentRow() < 0 else str(item.data(Qt.ItemDataRole.UserRole))

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold().replace(" ", "_")
        first = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(wanted not in item.text().casefold())
            if first is None and not item.isHidden():
                first = item
        has_current = self.list.currentRow() >= 0 and not self.list.currentItem().isHidden()
        if first is not None and not has_current:
            self.list.setCurrentItem(first)
