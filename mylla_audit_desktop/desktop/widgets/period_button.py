"""The choice of a named period."""

from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.log.period import LOG_PRESETS, PRESET_LABELS, Preset


class PeriodButton(ChoiceButton):
    """Shows the chosen period; `chosen` tells when the user takes another."""

    def __init__(
        self,
        presets: tuple[Preset, ...] = LOG_PRESETS,
        preset: Preset = Preset.LAST_30_DAYS,
        name: str = "Date range",
    ) -> None:
        super().__init__(name, [(one, PRESET_LABELS[one]) for one in presets])
        self.set_preset(preset)

    @property
    def preset(self) -> Preset:
        """The period on show."""
        return Preset(self.value)

    def set_preset(self, preset: Preset) -> None:
        """Show a period without telling anybody."""
        self.set_value(preset)
