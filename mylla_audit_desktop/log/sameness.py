"""When two unequal values are the same number, or texts that only look the same."""

import unicodedata
from decimal import Decimal, InvalidOperation

from mylla_audit_desktop.log.json_text import JsonNumber

_LONGEST_NUMBER = 10_000


def is_same_number(before: object, after: object) -> bool:
    """Whether both are numbers of equal value, such as 1.0 and 1."""
    if not (isinstance(before, JsonNumber) and isinstance(after, JsonNumber)):
        return False
    if max(len(before.text), len(after.text)) > _LONGEST_NUMBER:
        return False
    try:
        return Decimal(before.text) == Decimal(after.text)
    except InvalidOperation:
        # An exponent beyond everything that can be reckoned with.
        return False


def looks_same(before: object, after: object) -> bool:
    """Whether both are texts that differ only in how Unicode composes their letters."""
    if not (isinstance(before, str) and isinstance(after, str)):
        return False
    return unicodedata.normalize("NFC", before) == unicodedata.normalize("NFC", after)
