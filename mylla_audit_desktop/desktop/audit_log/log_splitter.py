"""Entries and the details of one: side by side, or one over the other where it is narrow."""

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QSplitter, QWidget

_NARROW = 1_100
_BESIDE = [900, 396]
_BELOW = [500, 300]


class LogSplitter(QSplitter):
    """Beside the details, the entries get what room is added."""

    def __init__(self, entries: QWidget, details: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.addWidget(entries)
        self.addWidget(details)
        self.setStretchFactor(0, 1)
        self.setChildrenCollapsible(False)
        self.setSizes(_BESIDE)
        details.setMinimumWidth(300)
        # Who, what and when, each on as many lines as it may take.
        details.setMinimumHeight(208)

    def fit(self, width: int) -> None:
        """The page is so wide now."""
        is_narrow = width < _NARROW
        wanted = Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal
        if self.orientation() != wanted:
            self.setOrientation(wanted)
            self.setSizes(_BELOW if is_narrow else _BESIDE)
            # One over the other, both are lower in a window that is.
            for place, share in enumerate(_BELOW if is_narrow else (1, 0)):
                self.setStretchFactor(place, share)

    def save_layout(self, state: QSettings) -> None:
        """Keep where the handle is."""
        state.setValue("audit_log/splitter", self.saveState())

    def restore_layout(self, state: QSettings) -> None:
        """As it was."""
        kept = state.value("audit_log/splitter")
        if kept is not None:
            self.restoreState(kept)
