"""What a filter bar completes from: the actors and actions of the log, as it is now."""

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import ActorChoice, LogReader
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.widgets.filter_bar import FilterBar

_Choices = tuple[tuple[ActorChoice, ...], tuple[str, ...]]


class LogChoices:
    """Reads them for one bar; who types meanwhile keeps the list that is open."""

    def __init__(self, background: Background, bar: FilterBar) -> None:
        self._background, self._bar = background, bar
        self._reader: LogReader | None = None
        self._offered: _Choices | None = None
        self._slot = Latest()

    def use(self, reader: LogReader, after_ms: int = 0) -> None:
        """Complete from this log."""
        self._reader = reader
        self.read(after_ms)

    def read(self, after_ms: int = 0) -> None:
        """Look what there is now."""
        reader = self._reader
        if reader is None:
            return

        def work(cancellation: Cancellation, _report: Report) -> _Choices:
            return reader.read_actors(cancellation), reader.read_actions(cancellation)

        self._slot.put(
            self._background.run(
                work,
                done=self._offer,
                # Without choices the fields still work; the page itself says what fails.
                failed=lambda _error: None,
                lane="choices",
                after_ms=after_ms,
            )
        )

    def _offer(self, choices: _Choices) -> None:
        if choices != self._offered:
            self._offered = choices
            self._bar.offer(*choices)
