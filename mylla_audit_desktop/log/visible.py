"""Text from the log, made safe to look at.

People under review choose the strings. Control, format, surrogate and separator
characters (Unicode Cc, Cf, Cs, Zl, Zp) could reorder, hide or break what is on
the screen, so they are shown as escapes such as `\\u202e`; so are the letters and
marks that Unicode says to draw as nothing. What would look like another text is told
apart in the same way: blanks at either end, blanks that are no ordinary ones, and
letters put together in another way than Unicode's usual one (NFC). Stored bytes and the
CSV stay as they are.
"""

import re
import unicodedata

# How the empty text is shown where a name is, so that it is not taken for none (NULL).
EMPTY = '""'

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
# The wide blank between Japanese words is seen to be another; it stays inside of a text.
_WIDE_BLANK = "\u3000"
# No language sets more marks on one letter; a tower of them would paint over other rows.
_MOST_MARKS = 8


def visible_text(text: str) -> str:
    """The text on one line, with every hidden or ambiguous character as an escape."""
    if text.isascii() and text.isprintable():
        return _with_visible_ends(text)
    shown = _CANDIDATES.sub(_escape_blanks_too, text)
    return _with_visible_ends(_composed(shown))


def visible_lines(text: str) -> str:
    """The same for a field of several lines: line feeds, tabs and all blanks stay.

    So do letters put together unusually: text of this length is compared, and the
    comparison says what only looks the same.
    """
    if text.isascii() and text.isprintable():
        return text
    return _CANDIDATES.sub(_escape_but_lines, text)


def visible_name(name: str | None) -> str:
    """A name as `visible_text`; the empty text as `""`, and nothing for None."""
    return "" if name is None else visible_text(name) or EMPTY


def hidden_characters(text: str) -> list[str]:
    """What nobody sees in a text, or takes for an ordinary blank, as "U+200B", each once."""
    found = (one for one in _CANDIDATES.findall(text) if _escape_blank(one) != one)
    return list(dict.fromkeys(f"U+{ord(one):04X}" for one in found))


def _is_hidden(character: str) -> bool:
    is_hidden = unicodedata.category(character) in _HIDDEN_CATEGORIES
    return is_hidden or _DRAWN_AS_NOTHING.match(character) is not None


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _escape_blanks_too(match: re.Match[str]) -> str:
    return _escape_blank(match[0])


def _escape_blank(character: str) -> str:
    is_odd_blank = unicodedata.category(character) == "Zs" and character != _WIDE_BLANK
    return _escaped(character) if is_odd_blank or _is_hidden(character) else character


def _escape_but_lines(match: re.Match[str]) -> str:
    character = match[0]
    return _escaped(character) if character not in "\n\t" and _is_hidden(character) else character


def _with_visible_ends(text: str) -> str:
    """The first and the last character as escapes where they are blanks."""
    if not text or not (text[0].isspace() or text[-1].isspace()):
        return text
    first = _escaped(text[0]) if text[0].isspace() else text[0]
    if len(text) == 1:
        return first
    last = _escaped(text[-1]) if text[-1].isspace() else text[-1]
    return first + text[1:-1] + last


def _composed(text: str) -> str:
    """The text in NFC: letters put together otherwise show what they are made of."""
    if text.isascii():
        return text
    if unicodedata.is_normalized("NFC", text) and not _has_tower(text):
        return text
    return "".join(map(_shown_cluster, _clusters(text)))


def _clusters(text: str) -> list[str]:
    """Stretches that no normalization reaches across."""
    found = [""]
    for character in text:
        grown = found[-1] + character
        # A long one is escaped whatever follows; looking on would take ever longer.
        is_apart = not unicodedata.combining(character) and (
            len(grown) > 2 * _MOST_MARKS
            or unicodedata.normalize("NFC", grown)
            == unicodedata.normalize("NFC", found[-1]) + unicodedata.normalize("NFC", character)
        )
        if is_apart or not found[-1]:
            found.append(character)
        else:
            found[-1] = grown
    return found


def _shown_cluster(cluster: str) -> str:
    is_usual = unicodedata.is_normalized("NFC", cluster) and len(cluster) <= 1 + _MOST_MARKS
    if is_usual:
        return cluster
    first, marks = cluster[0], cluster[1:]
    if not unicodedata.is_normalized("NFC", first):
        first = _escaped(first)
    return first + "".join(map(_escaped, marks))


def _has_tower(text: str) -> bool:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > _MOST_MARKS:
            return True
    return False
