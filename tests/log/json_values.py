"""JSON as the log may hold it: any digits, duplicate keys, half characters."""

from hypothesis import strategies as st

from mylla_audit_desktop.log.json_text import JsonArray, JsonNumber, JsonObject, JsonValue

NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?", fullmatch=True
)
# Few keys, so that both sides share some and an object holds one twice; odd ones among them.
KEYS = st.sampled_from(["a", "b", "c.d", "", "[0]", "é", '"', "\\u202e", "\u202e", "x y", "\ud800"])
TEXTS = st.sampled_from(["", " ", "null", "1", "true", "\x00", "\ud800", "\x01"]) | st.text()


def _arrays(inner: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonValue]:
    return st.lists(inner, max_size=4).map(lambda items: JsonArray(tuple(items)))


def objects(inner: st.SearchStrategy[JsonValue]) -> st.SearchStrategy[JsonObject]:
    pairs = st.lists(st.tuples(KEYS, inner), max_size=4)
    return pairs.map(lambda members: JsonObject(tuple(members)))


VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | NUMBERS.map(JsonNumber) | TEXTS,
    lambda inner: _arrays(inner) | objects(inner),
    max_leaves=10,
)
OBJECTS = objects(VALUES)
LISTS = st.lists(VALUES, max_size=14).map(lambda items: JsonArray(tuple(items)))


def in_key_order(value: JsonValue) -> JsonValue:
    """The same value with its members sorted by key, those of one key in their order."""
    match value:
        case JsonObject(members):
            inner = [(key, in_key_order(item)) for key, item in members]
            return JsonObject(tuple(sorted(inner, key=lambda member: member[0])))
        case JsonArray(elements):
            return JsonArray(tuple(map(in_key_order, elements)))
        case _:
            return value
