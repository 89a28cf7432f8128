"""Text from the log, made safe to look at.

People under review choose the strings. Control, format, surrogate and separator
characters (Unicode Cc, Cf, Cs, Zl, Zp) could reorder, hide or break what is on
the screen, so they are shown as escapes such as `\\u202e`; so are the letters and
marks that Unicode says to draw as nothing. Stored bytes and the CSV stay as they are.
"""

import re
import unicodedata

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters and marks that are drawn as nothing and could carry a hidden message. The two
# selectors U+FE0E and U+FE0F stay: they only choose how an emoji looks.
_DRAWN_AS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
)
# Every character of these categories lies in here, and few that people write do.
_CANDIDATES = re.compile(
    r"[\x00-\x1f\x7f-\xad\u034f\u0600-\u3000\u3164\ud800-\uffff\U00010000-\U0010ffff]"
)


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
    is_hidden = unicodedata.category(character) in _HIDDEN_CATEGORIES
    if not is_hidden and not _DRAWN_AS_NOTHING.match(character):
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape_but_lines(match: re.Match[str]) -> str:
    return match[0] if match[0] in "\n\t" else _escape(match)
