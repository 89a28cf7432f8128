"""Text from the log, made safe to look at.

People under review choose the strings. Control, format, surrogate and separator
characters (Unicode Cc, Cf, Cs, Zl, Zp) could reorder, hide or break what is on
the screen, so they are shown as escapes such as `\\u202e`. Stored bytes and the
CSV stay as they are.
"""

import re
import unicodedata

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Every character of these categories lies in here, and few that people write do.
_CANDIDATES = re.compile(r"[\x00-\x1f\x7f-\xad\u0600-\u3000\ud800-\uffff\U00010000-\U0010ffff]")


def visible_text(text: str) -> str:
    """The text on one line, with every hidden character as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return _CANDIDATES.sub(_escape, text)


def visible_lines(text: str) -> str:
    """The same for a field of several lines: line feeds and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return _CANDIDATES.sub(_escape_but_lines, text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if unicodedata.category(character) not in _HIDDEN_CATEGORIES:
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape_but_lines(match: re.Match[str]) -> str:
    return match[0] if match[0] in "\n\t" else _escape(match)
