"""Keys that belong to the window also while one types in a field."""

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

# On X11, Qt's fields go to the end of the line by it.
_OF_THE_WINDOW = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_E)


class _Passing(QObject):
    def eventFilter(self, _field: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.keyCombination() == _OF_THE_WINDOW
        ):
            event.ignore()
            return True
        return False


def leave_shortcuts(*fields: QWidget) -> None:
    """Ctrl+E, which exports or reports, does so from these fields too."""
    for field in fields:
        field.installEventFilter(_Passing(field))
