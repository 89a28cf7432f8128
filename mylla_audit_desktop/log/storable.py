"""Whether a text can go into a database or a file: what cannot be UTF-8 cannot."""

import re

# Half a character: what Python makes of bytes that are no UTF-8, and JSON of "\ud800".
SURROGATE = re.compile("[\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether databases keep it: no half of a character, and no NUL."""
    return "\0" not in text and SURROGATE.search(text) is None
