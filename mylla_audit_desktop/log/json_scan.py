"""The members of a JSON object by their spelling, without reading their values."""

import json
import re

# Possessive: a text of 10 MB is passed at once and needs no memory for going back.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_SCALAR = re.compile(r"[^,{}\[\]\"\s]+")
# A quote alone begins a string that is cut off.
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
_SPACE = re.compile(r"[\s,:]*")
# The usual object, whole: plain names; strings, numbers and words, or one level of them.
_PLAIN_VALUE = (
    r'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^,:{}\[\]"\s]++'
    r'|[{\[](?:[^{}\[\]"]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[}\]])'
)
_PLAIN_MEMBER = rf'"([^"\\]*+)"\s*+:\s*+({_PLAIN_VALUE})'
_PLAIN_MEMBERS = re.compile(_PLAIN_MEMBER, re.DOTALL)
# Not possessive about whole members: Python before 3.11.5 goes on in the midst of one that fails.
_PLAIN_OBJECT = re.compile(
    rf"{{\s*+{_PLAIN_MEMBER}(?:\s*+,\s*+{_PLAIN_MEMBER})*\s*+}}\s*+", re.DOTALL
)


def scan_members(text: str | None) -> tuple[dict[str, str | None], bool]:
    """Name to spelling of the value (None where it is cut off); whether all was read.

    For the text of a JSON object, of which the end may be missing; never raises.
    A name that occurs more than once has all its spellings, behind one another.
    """
    found: dict[str, str | None] = {}
    if text is None:
        return found, True
    if _PLAIN_OBJECT.fullmatch(text):
        # Two steps in place of some dozen for each member.
        members = _PLAIN_MEMBERS.findall(text)
        plain: dict[str, str | None] = dict(members)
        if len(plain) == len(members):
            return plain, True
    position = _skip(text, 0)
    if not text.startswith("{", position):
        return found, True
    position = _skip(text, position + 1)
    while not text.startswith("}", position):
        key = _STRING.match(text, position)
        if key is None:
            return found, False
        name = _unquote(key[0])
        position = _skip(text, key.end())
        end = _end_of_value(text, position)
        if end is None:
            found[name] = None
            return found, False
        spelling = text[position:end]
        found[name] = f"{found[name]}, {spelling}" if name in found else spelling
        position = _skip(text, end)
    return found, True


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _end_of_value(text: str, position: int) -> int | None:
    first = text[position : position + 1]
    if first == '"':
        match = _STRING.match(text, position)
        return match.end() if match else None
    if first and first in "{[":
        depth = 0
        for token in _TOKEN.finditer(text, position):
            if token[0] == '"':
                return None
            if token[0] in "{[":
                depth += 1
            elif token[0] in "}]":
                depth -= 1
                if depth == 0:
                    return token.end()
        return None
    match = _SCALAR.match(text, position)
    # A scalar that reaches the end of the text may go on behind the cut.
    return match.end() if match and match.end() < len(text) else None


def _unquote(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return quoted[1:-1]
