"""A counter on a terminal while something long runs."""

import sys
import time
from types import TracebackType
from typing import Self

_SECONDS = 0.2


class Progress:
    """`12,000 entries` on standard error, rewritten in place; silent in a pipe."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._is_shown = sys.stderr.isatty()
        self._last = 0.0

    def __call__(self, count: int) -> None:
        """Show a count, a few times a second at most."""
        now = time.monotonic()
        if self._is_shown and now - self._last >= _SECONDS:
            self._last = now
            print(f"\r{self._doing}: {count:,} entries", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._is_shown and self._last:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
