"""What the window needs only after its first rows: loaded while they are looked at."""

import gc
from importlib import import_module

from mylla_audit_desktop.desktop.background import Background

_MODULES = (
    "rapidfuzz.distance",
    "mylla_audit_desktop.desktop.audit_log.export_dialog",
    "mylla_audit_desktop.desktop.review.report_dialog",
    "mylla_audit_desktop.desktop.review.policy_dialog",
    "mylla_audit_desktop.desktop.review.sign_off_dialog",
    "mylla_audit_desktop.desktop.connections.dialog",
    "mylla_audit_desktop.desktop.connections.evidence_dialog",
)


def load_later(background: Background) -> None:
    """Load the modules of the dialogs, so that none opens slowly."""
    background.run(
        lambda _cancellation, _report: [import_module(name) for name in _MODULES],
        # All this stays. To look through it for garbage, again and again, would stop
        # the window for as long as three frames each time.
        done=lambda _loaded: gc.freeze(),
        lane="load",
    )
