"""The choice of a named period.

A button with a menu and not a QComboBox, because on Linux Qt tells screen readers
the current text of a combo box as its name; here the name stays "Date range" and
the period is its description. The keys are those of a combo box.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton

from mylla_audit_desktop.log.period import PRESET_LABELS, Preset


class PeriodButton(QPushButton):
    """Shows the chosen period; `chosen` tells when the user takes another."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "choice")
        self.setAccessibleName("Date range")
        self._preset = Preset.LAST_30_DAYS
        self._actions: dict[Preset, QAction] = {}
        menu, group = QMenu(self), QActionGroup(self)
        for preset, label in PRESET_LABELS.items():
            action = menu.addAction(label)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, preset=preset: self._choose(preset))
            group.addAction(action)
            self._actions[preset] = action
        self.setMenu(menu)
        self.set_preset(self._preset)

    @property
    def preset(self) -> Preset:
        """The period on show."""
        return self._preset

    def set_preset(self, preset: Preset) -> None:
        """Show a period without telling anybody."""
        self._preset = preset
        self._actions[preset].setChecked(True)
        # The style sheet gives a button with a menu no room at its left.
        self.setText(f"\u2002{PRESET_LABELS[preset]}")
        self.setAccessibleDescription(PRESET_LABELS[preset])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down take the neighbour, a letter the next period that begins with it."""
        presets = list(PRESET_LABELS)
        place = presets.index(self._preset)
        is_plain = not event.modifiers() & Qt.KeyboardModifier.AltModifier
        if is_plain and event.key() == Qt.Key.Key_Down and place + 1 < len(presets):
            self._choose(presets[place + 1])
        elif is_plain and event.key() == Qt.Key.Key_Up and place > 0:
            self._choose(presets[place - 1])
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.showMenu()
        elif event.text().isalpha():
            following = presets[place + 1 :] + presets[: place + 1]
            first = event.text().casefold()
            for preset in following:
                if PRESET_LABELS[preset].casefold().startswith(first):
                    self._choose(preset)
                    return
        else:
            super().keyPressEvent(event)

    def _choose(self, preset: Preset) -> None:
        self.set_preset(preset)
        self.chosen.emit(preset)
