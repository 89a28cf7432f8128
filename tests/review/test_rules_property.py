"""The pure rules against plain ones, and against whatever people write into JSON."""

import json
import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review import role_value
from mylla_audit_desktop.review.finding import Severity
from mylla_audit_desktop.review.integration_disconnect import (
    assigned_agents,
    find_integration_disconnect,
    first_reconnect,
)
from mylla_audit_desktop.review.networks import network_of
from mylla_audit_desktop.review.policy import Policy
from mylla_audit_desktop.review.role_promotion import find_role_promotion
from mylla_audit_desktop.review.role_value import read_role

NOW = Instant.parse("2026-11-23T10:00:00Z").microseconds
ROLES = st.sampled_from(
    ("Member", "Admin", "Super Admin", "super_admin", "SUPER-ADMIN", " a d m i n", "Owner", "")
)
KEYS = st.sampled_from(("role", "Role", "name", "a\u202eb", 'q"', "rol\\u0065"))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | ROLES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.lists(st.tuples(KEYS, JSON), max_size=4).map(
    lambda pairs: "{" + ", ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in pairs) + "}"
)
# Objects with keys that repeat, other JSON, and texts that are none.
VALUES = st.none() | MEMBERS | JSON.map(json.dumps) | st.text(max_size=20)


def entry(
    number: int,
    action: str,
    *,
    after_minutes: int = 0,
    target: str | None = "usr_2",
    before: str | None = None,
    after: str | None = None,
) -> AuditEntry:
    return AuditEntry(
        number,
        Instant(NOW + after_minutes * 60_000_000),
        "member",
        "usr_1",
        "Ada",
        action,
        None,
        target,
        None,
        before,
        after,
        "192.0.2.1",
    )


def plain_rank(values: str | None) -> int | None:
    """1 to 3 where the values name exactly one known role, by the standard library."""
    try:
        pairs = json.loads(values or "", object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    if not isinstance(pairs, list) or any(not isinstance(pair, tuple) for pair in pairs):
        return None
    names = [re.sub("[ _-]", "", one).lower() if isinstance(one, str) else one
             for key, one in pairs if key == "role"]  # fmt: skip
    ranks = {"member": 1, "admin": 2, "superadmin": 3}
    known = {ranks[name] for name in names if isinstance(name, str) and name in ranks}
    are_all = all(isinstance(name, str) and name in ranks for name in names)
    return known.pop() if len(known) == 1 and are_all else None


@given(before=VALUES, after=VALUES, is_self=st.booleans())
def test_a_change_of_role_is_judged_as_plainly_read(
    before: str | None, after: str | None, *, is_self: bool
) -> None:
    target = "usr_1" if is_self else "usr_2"
    changed = entry(1, "team.change_role", target=target, before=before, after=after)
    finding = find_role_promotion(changed, Policy())
    old, new = plain_rank(before), plain_rank(after)
    if old is not None and new is not None:
        assert (finding is not None) == (new >= 2 and new > old)
        if finding is not None:
            wanted = Severity.HIGH if new == 3 else Severity.MEDIUM
            assert finding.severity is (Severity.CRITICAL if is_self else wanted)
    else:
        assert finding is not None
        assert "role not known" in finding.title
        if is_self and new is None:
            assert finding.severity is Severity.CRITICAL


@given(after=VALUES)
def test_an_invitation_is_judged_as_plainly_read(after: str | None) -> None:
    finding = find_role_promotion(entry(1, "team.invite", after=after), Policy())
    assert (finding is None) == (plain_rank(after) == 1)


@given(values=MEMBERS | VALUES.filter(lambda one: one is not None))
def test_the_quick_look_sees_what_the_exact_reader_sees(values: str) -> None:
    quick = read_role(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(role_value, "_PLAIN", re.compile(r"(?!)"))
        assert read_role(values) == quick


CONNECTS = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.integers(-2, 2),
        st.sampled_from(("integration.connect", "integration.assign")),
        st.sampled_from(("int_1", "int_2", None)),
    ),
    max_size=6,
    unique_by=lambda row: row[0],
)


@given(rows=CONNECTS, target=st.sampled_from(("int_1", None)))
def test_the_first_later_connect_of_the_same_target(
    rows: list[tuple[int, int, str, str | None]], target: str | None
) -> None:
    broken = entry(5, "integration.disconnect", target=target)
    others = [
        entry(number, action, after_minutes=minutes, target=which)
        for number, minutes, action, which in rows
        if number != 5
    ]
    found = first_reconnect(broken, others)
    later = sorted(
        (minutes, number)
        for number, minutes, action, which in rows
        if number != 5
        and action == "integration.connect"
        and which == target == "int_1"
        and (minutes > 0 or (minutes == 0 and number > 5))
    )
    assert (found.id if found else None) == (later[0][1] if later else None)
    finding = find_integration_disconnect(broken, (), found, Policy())
    assert (finding.severity is Severity.HIGH) == (found is None)


def test_agents_do_not_depend_on_the_order_of_reading() -> None:
    history = [
        entry(1, "integration.assign", target="int_1", after='{"agent_ids": ["a", "b"]}'),
        entry(2, "integration.assign", target="int_1", after='{"agent_id": "c"}'),
        entry(3, "integration.assign", target="int_1", before='{"agent_id": "a"}'),
        entry(9, "integration.assign", target="int_1", after='{"agent_id": "late"}'),
    ]
    broken = entry(5, "integration.disconnect", target="int_1")
    assert {assigned_agents(broken, order) for order in permutations(history)} == {("b", "c")}


@given(before=VALUES, after=VALUES, history=st.lists(VALUES, max_size=3))
def test_whatever_the_values_are_a_disconnect_is_a_finding(
    before: str | None, after: str | None, history: list[str | None]
) -> None:
    broken = entry(9, "integration.disconnect", target="int_1", before=before, after=after)
    earlier = [
        entry(number, "integration.assign", target="int_1", after=values)
        for number, values in enumerate(history)
    ]
    agents = assigned_agents(broken, earlier)
    finding = find_integration_disconnect(broken, agents, None, Policy())
    assert finding.agents == agents
    assert finding.entry_ids == (9,)


@given(st.ip_addresses())
def test_an_address_is_in_its_network(address: object) -> None:
    from ipaddress import ip_address, ip_network

    network = ip_network(network_of(str(address)) or "")
    plain = ip_address(str(address))
    plain = getattr(plain, "ipv4_mapped", None) or plain
    assert plain in network
    assert network.prefixlen == (24 if plain.version == 4 else 48)


@given(st.text())
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    assert (network_of(text) is None) == (text == "")
