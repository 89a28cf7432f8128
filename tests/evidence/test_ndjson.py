"""Entries as JSON lines: what other programs read, and exactly the same when it comes back."""

import json
from dataclasses import asdict, replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mylla_audit_desktop.evidence.ndjson import HIGHEST_ID, entry_from_json, entry_to_json
from mylla_audit_desktop.log.entry import COLUMNS, AuditEntry, NewEntry
from mylla_audit_desktop.log.instant import Instant

UTC = ZoneInfo("UTC")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
SPELLINGS = st.text(' \t\n\r{}[]",:\\u0018.eE+-truefalsn$w\u2028\x85é', max_size=20)
JSON = (
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=6,
    ).map(json.dumps)
    | SPELLINGS
    | TEXTS
)


def an_entry(**values: Any) -> AuditEntry:
    fields: dict[str, Any] = dict.fromkeys(COLUMNS) | {
        "id": 7,
        "occurred_at": Instant.parse("2026-03-29T01:00:00Z"),
        "actor_type": "member",
        "actor_id": "usr_1",
        "actor_name": "Ada",
        "action": "agent.update",
    }
    return AuditEntry(**(fields | values))


def line(**values: Any) -> str:
    fields: dict[str, Any] = {
        "occurred_at": "2026-03-29T01:00:00Z",
        "actor_type": "member",
        "actor_id": "usr_1",
        "actor_name": "Ada",
        "action": "agent.update",
    }
    return json.dumps(fields | values)


def same(entry: AuditEntry) -> NewEntry:
    values = asdict(entry)
    values.pop("missing")
    return NewEntry(**values | {"occurred_at": entry.occurred_at})


@given(
    texts=st.tuples(TEXTS, TEXTS, TEXTS),
    optional=st.tuples(*[st.none() | TEXTS] * 3),
    changes=st.tuples(st.none() | JSON, st.none() | JSON),
    address=st.none() | st.ip_addresses().map(str),
    moment=st.integers(-(2**57), 2**60),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
)
@example(("", "", ""), ("", "", ""), ("null", '{"$raw": "x"}'), None, 0, "UTC")
@example(("", "", ""), (None, None, None), (" 1 ", '{\n "a": 1}'), None, 0, "UTC")
@example(("", "", ""), (None, None, None), ('{"a":1,"a":2}', "1E400"), None, 0, "UTC")
@example(("", "", ""), (None, None, None), ("NaN", '{"$raw": 1, "$raw": "x"}'), None, 0, "UTC")
@example(("", "", ""), (None, None, None), ("9" * 5000, "[" * 2000 + "]" * 2000), None, 0, "UTC")
@example(("", "", ""), (None, None, None), ('"\u2028"', '{"a": "\\ud800\\u0000"}'), None, 0, "UTC")
def test_any_entry_comes_back_exactly(
    texts: tuple[str, str, str],
    optional: tuple[str | None, str | None, str | None],
    changes: tuple[str | None, str | None],
    address: str | None,
    moment: int,
    zone: str,
) -> None:
    entry = an_entry(
        occurred_at=Instant(moment),
        actor_id=texts[0],
        actor_name=texts[1],
        action=texts[2],
        target_type=optional[0],
        target_id=optional[1],
        target_name=optional[2],
        before=changes[0],
        after=changes[1],
        ip_address=address,
    )
    text = entry_to_json(entry, ZoneInfo(zone))
    assert len(text.splitlines()) == 1, "one line for every reader of lines"
    text.encode("utf-8")
    back, kept = entry_from_json(f"{text}\n"), same(entry)
    for came, stored in ((back.before, kept.before), (back.after, kept.after)):
        assert came == stored or (is_spread(stored) and meant(came) == meant(stored))
    nothing: dict[str, Any] = {"before": None, "after": None}
    assert replace(back, **nothing) == replace(kept, **nothing)


def meant(text: str | None) -> object:
    return json.loads(text or "")


def is_spread(text: str | None) -> bool:
    """JSON that is more than one line, for whoever reads lines, or has space around it."""
    try:
        meant(text)
    except (ValueError, RecursionError):
        return False
    return text is not None and (text != text.strip() or len(text.splitlines()) > 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{\n  "a": 1,\r\n  "b": [1,\n2]\n}\n', {"a": 1, "b": [1, 2]}),
        ('{"note": "1\u20282\u20293\x854"}', {"note": "1\u20282\u20293\x854"}),
        (' "a"\t', "a"),
    ],
)
def test_json_of_several_lines_is_its_value_in_one(text: str, value: object) -> None:
    line = entry_to_json(an_entry(before=text), UTC)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["before"] == value
    assert json.loads(entry_from_json(line).before or "") == value


def test_before_and_after_are_values_that_other_programs_read() -> None:
    entry = an_entry(before='{"greeting":"Hällo", "n": 1.0}', after="[1, 2]")
    value = json.loads(entry_to_json(entry, ZoneInfo("Europe/Berlin")))
    assert list(value) == list(COLUMNS)
    assert value["before"] == {"greeting": "Hällo", "n": 1.0}
    assert value["after"] == [1, 2]
    assert value["occurred_at"] == "2026-03-29T03:00:00.000000+02:00"
    assert value["ip_address"] is None


def test_a_megabyte_and_infinity_are_no_problem() -> None:
    for entry in (
        an_entry(after=json.dumps({"prompt": 'say "hi"\n' * 1_000_000})),
        an_entry(occurred_at=Instant.LATEST),
        an_entry(occurred_at=Instant.EARLIEST),
        an_entry(id=HIGHEST_ID),
    ):
        assert entry_from_json(entry_to_json(entry, UTC)) == same(entry)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        (line()[:-1], "not JSON"),
        (line() + line(), "not JSON"),
        ("[]", "not a JSON object"),
        ("5", "not a JSON object"),
        ('{"a":' * 100_000, "nested too deeply"),
        (line(colour="red"), "unknown field 'colour'"),
        (line()[:-1] + ', "action": "other"}', "a field twice"),
        (line(occurred_at=None), "occurred_at is missing"),
        (line(occurred_at=5), "occurred_at is missing"),
        (line(occurred_at="yesterday"), "'yesterday' cannot be read"),
        (line(occurred_at="2026-03-29T01:00:00"), "cannot be read"),
        (line(occurred_at="2026-02-29T01:00:00Z"), "cannot be read"),
        (line(occurred_at="+999999-01-01T00:00:00Z"), "4713 BC to 294276"),
        (line(occurred_at="-005000-01-01T00:00:00Z"), "4713 BC to 294276"),
        (line(id="7"), "id is not a whole number"),
        (line(id=1.0), "id is not a whole number"),
        (line(id=True), "id is not a whole number"),
        (line(id=0), "the id 0 is not between"),
        (line(id=-7), "the id -7 is not between"),
        (line(id=2**63), "is not between"),
        (line()[:-1] + ', "id": ' + "9" * 5000 + "}", "is not between"),
        (line(actor_type="robot"), "actor_type is neither"),
        (line(actor_type=None), "actor_type is neither"),
        (line(actor_id=None), "actor_id is missing"),
        (line(actor_name=None), "actor_name is missing"),
        (line(action=None), "action is missing"),
        (line(action=5), "action is not a text"),
        (line(target_id={}), "target_id is not a text"),
        (line(target_name="a\x00b"), "target_name holds a NUL"),
        (line(target_name="\ud800"), "half a character"),
        (line(before={"$raw": "\x00"}), "before holds a NUL"),
        (line(before=float("nan")), "NaN is not JSON"),
        (line(ip_address="localhost"), "'localhost' is none"),
        (line(ip_address="10.0.0.256"), "is none"),
        (line(ip_address="fe80::1%eth0"), "is none"),
        (line(ip_address=""), "is none"),
    ],
)
def test_what_no_database_should_take_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        entry_from_json(text)
    assert len(str(caught.value)) < 200
