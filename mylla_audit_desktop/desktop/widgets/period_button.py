"""The choice of a named period, with its days where there is room for them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette

from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.log.period import LOG_PRESETS, PRESET_LABELS, Preset

# Besides the two texts: the edges, the arrow, and a gap between them.
_EDGE, _ARROW, _GAP = 12, 28, 10


class PeriodButton(ChoiceButton):
    """Shows the chosen period; `chosen` tells when the user takes another."""

    def __init__(
        self,
        presets: tuple[Preset, ...] = LOG_PRESETS,
        preset: Preset = Preset.LAST_30_DAYS,
        name: str = "Date range",
    ) -> None:
        super().__init__(name, [(one, PRESET_LABELS[one]) for one in presets])
        self._days = ""
        self.set_preset(preset)

    @property
    def preset(self) -> Preset:
        """The period on show."""
        return Preset(self.value)

    def set_preset(self, preset: Preset) -> None:
        """Show a period without telling anybody."""
        self.set_value(preset)

    def say_days(self, days: str) -> None:
        """The days that the period means today, for the eye; a field says them too."""
        self._days = days
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The choice, and its days at the right where both fit."""
        super().paintEvent(event)
        metrics = self.fontMetrics()
        taken = _EDGE + metrics.horizontalAdvance(self.text()) + _GAP
        if not self._days or self.width() - taken - _ARROW < metrics.horizontalAdvance(self._days):
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(0, 0, -_ARROW, 0), side, self._days)
        painter.end()
