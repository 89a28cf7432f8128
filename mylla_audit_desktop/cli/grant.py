"""`mylla-audit grant`: who a login is, and what it may do."""

from argparse import Namespace
from contextlib import closing

from mylla_audit_desktop.cli.arguments import open_asked
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.access import ROLE_NAMES, Role
from mylla_audit_desktop.log.visible import visible_text


def run(arguments: Namespace, cancellation: Cancellation) -> int:
    """Give a login its role and its team member."""
    from mylla_audit_desktop.database.members import write_member

    role = Role(arguments.role)
    # As with a filter: what was pasted with blanks at its sides means the same.
    actor_id, actor_name = arguments.actor_id.strip(), arguments.actor_name.strip()
    with closing(open_asked(arguments)) as database:
        has_changed = write_member(
            database,
            arguments.login,
            role,
            actor_id,
            actor_name,
            cancellation,
        )
    who = f"{actor_name} ({actor_id})"
    what = "is now" if has_changed else "is already"
    print(visible_text(f"{arguments.login} {what} {ROLE_NAMES[role]}: {who}"))
    return 0
