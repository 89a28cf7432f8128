"""The signals by which a program is asked to end, for the commands and the window alike."""

import signal

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


def ending_signals() -> tuple[signal.Signals, ...]:
    """Those that this system knows and that are not ignored.

    What nohup or a background job of a shell ignores stays ignored.
    """
    known = (getattr(signal, name) for name in _NAMES if hasattr(signal, name))
    return tuple(one for one in known if signal.getsignal(one) is not signal.SIG_IGN)
