"""`mylla-audit review policy show` and `set`."""

import sys
from argparse import Namespace
from pathlib import Path

from mylla_audit_desktop.cli.review_opening import opened_store, signature
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.evidence.plain_file import open_plain_file
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.policy_file import parse_policy
from mylla_audit_desktop.review.policy_words import describe_policy

_LARGEST = 1 << 20


def run_show(arguments: Namespace, cancellation: Cancellation) -> int:
    """Print the newest policy as it was saved."""
    with opened_store(arguments, cancellation) as (_, store):
        newest = store.read_policy(cancellation)
    said = (
        "no policy was saved; this is the built-in one"
        if not newest.number
        else f"version {newest.number}, saved by {newest.saved_by} at {newest.saved_at}"
    )
    print(f"mylla-audit: {visible_text(said)}", file=sys.stderr)
    text = newest.text if newest.text.endswith("\n") else f"{newest.text}\n"
    print(text, end="")
    return 0


def run_set(arguments: Namespace, cancellation: Cancellation) -> int:
    """Save the policy of a file as a new version."""
    text = _read(Path(arguments.file))
    # Looked at before anything is opened: a policy that is wrong needs no database.
    policy = parse_policy(text)
    with opened_store(arguments, cancellation) as (_, store):
        before = store.read_policy(cancellation)
        saved = store.append_policy(text, before.number, cancellation)
        who = signature(store)
    if saved.number == before.number:
        print(f"Policy version {saved.number} says the same already; nothing was saved")
        return 0
    print(f"Policy version {saved.number} saved by {who}: {visible_text(describe_policy(policy))}")
    return 0


def _read(path: Path) -> str:
    with open_plain_file(path) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise InputError(f"{path} is larger than {_LARGEST:,} bytes.", "A policy is a short text.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8.", "Save it as UTF-8.") from None
