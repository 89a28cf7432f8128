"""Who may do what on PostgreSQL: the roles, and every right that they have.

`GRANTS` is the whole list. `mylla-audit init` puts it in force (`apply_grants`), and a test
walks the catalogue and fails on any right that is not on it. Whoever adds a function for a
role adds a line here; what has no line is the owner's alone.
"""

from dataclasses import dataclass

ADMIN = "mylla_audit_admin"
SUPER_ADMIN = "mylla_audit_super_admin"
WRITER = "mylla_audit_writer"
RETENTION = "mylla_audit_retention"
GROUP_ROLES = (ADMIN, SUPER_ADMIN, WRITER, RETENTION)
# Owns the schemas; nobody can sign in as it, and nobody is a member of it.
OWNER = "mylla_audit_owner"
# What this project creates lies in these.
SCHEMAS = ("audit", "review")

_REVIEWERS = (ADMIN, SUPER_ADMIN)


@dataclass(frozen=True, slots=True)
class Grant:
    """One right. `name` as the catalogue walk writes it: functions with their types."""

    kind: str
    name: str
    privilege: str
    roles: tuple[str, ...]


# "DATABASE" is the one that `init` is run in.
GRANTS = (
    Grant("DATABASE", "", "CONNECT", GROUP_ROLES),
    Grant("SCHEMA", "audit", "USAGE", GROUP_ROLES),
    Grant("TABLE", "audit.entries", "SELECT", _REVIEWERS),
    Grant("FUNCTION", "audit.current_member()", "EXECUTE", _REVIEWERS),
    Grant("FUNCTION", "audit.begin_export(json)", "EXECUTE", _REVIEWERS),
    Grant("FUNCTION", "audit.end_export(text, json)", "EXECUTE", _REVIEWERS),
    Grant(
        "FUNCTION",
        "audit.append_entry(text, text, text, text, text, text, text, json, json, inet)",
        "EXECUTE",
        (WRITER,),
    ),
    Grant("SCHEMA", "review", "USAGE", _REVIEWERS),
    Grant("TABLE", "review.policies", "SELECT", _REVIEWERS),
    Grant("TABLE", "review.decisions", "SELECT", _REVIEWERS),
    Grant("TABLE", "review.sign_offs", "SELECT", _REVIEWERS),
    Grant("FUNCTION", "review.append_policy(text, integer)", "EXECUTE", _REVIEWERS),
    Grant("FUNCTION", "review.append_decisions(json)", "EXECUTE", _REVIEWERS),
    Grant("FUNCTION", "review.append_sign_off(json)", "EXECUTE", _REVIEWERS),
    Grant("TABLE", "audit.retention_settings", "SELECT", _REVIEWERS),
    Grant("TABLE", "audit.retention_runs", "SELECT", _REVIEWERS),
    Grant(
        "FUNCTION",
        "audit.set_retention(integer, integer, text, bigint)",
        "EXECUTE",
        (SUPER_ADMIN,),
    ),
    Grant(
        "FUNCTION",
        "audit.preview_retention(integer, timestamp with time zone)",
        "EXECUTE",
        (RETENTION,),
    ),
    Grant(
        "FUNCTION",
        "audit.begin_retention(integer, timestamp with time zone)",
        "EXECUTE",
        (RETENTION,),
    ),
    Grant("FUNCTION", "audit.retention_step(bigint, integer, boolean)", "EXECUTE", (RETENTION,)),
    Grant("FUNCTION", "audit.end_retention(bigint, text)", "EXECUTE", (RETENTION,)),
    Grant("FUNCTION", "audit.add_months()", "EXECUTE", (RETENTION,)),
)

# What `read_access` asks for: a role may do it where it may execute all of these.
EXPORT_FUNCTIONS = ("audit.begin_export(json)", "audit.end_export(text, json)")
DECISION_FUNCTIONS = (
    "review.append_policy(text, integer)",
    "review.append_decisions(json)",
    "review.append_sign_off(json)",
)
RETENTION_CHANGE_FUNCTIONS = ("audit.set_retention(integer, integer, text, bigint)",)
