"""What is said beside the summary of failures and refusals, until it is over."""

from PySide6.QtCore import QObject

from mylla_audit_desktop.desktop.audit_log.entry_model import EntryModel
from mylla_audit_desktop.desktop.widgets.filter_bar import FilterBar
from mylla_audit_desktop.log.errors import InputError, KnownError


class Complaints(QObject):
    """Says them by the message of the filters, whose own errors it leaves alone."""

    def __init__(self, bar: FilterBar, model: EntryModel, parent: QObject) -> None:
        super().__init__(parent)
        self._bar, self._model = bar, model
        # Whether the message is about the server; or what was refused, in words.
        self._is_failure = False
        self._refusal = ""
        for answered in (model.page_shown, model.waypoints_known):
            answered.connect(self._take_recovery)
        model.waypoints_known.connect(self._take_new_reading)

    def tell_failure(self, error: KnownError) -> None:
        """The server did not answer, or refused; what is on the screen stays."""
        self._is_failure = True
        self._bar.show_error(InputError(error.what, error.advice))

    def tell_refusal(self, error: InputError) -> None:
        """What was asked for is not possible with these entries."""
        self._bar.show_error(error)
        self._refusal = self._bar.message.text()

    def _take_recovery(self) -> None:
        """The server answers again: what was said of it is over, where nothing is missing."""
        if self._is_failure and self._model.waypoints is not None:
            self._is_failure = False
            self._bar.show_error(InputError(""))

    def _take_new_reading(self) -> None:
        """All was read anew: what was refused before may be possible now."""
        if self._refusal and self._bar.message.text() == self._refusal:
            self._bar.show_error(InputError(""))
        self._refusal = ""
