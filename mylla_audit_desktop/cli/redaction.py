"""Taking passwords out of everything that is about to be printed.

A password belongs in PGPASSWORD, PGPASSFILE or a keyring; still, people put it in
a URL, and libraries repeat what they were given.
"""

import os
import re
from collections.abc import Iterable
from urllib.parse import unquote, unquote_plus

_HIDDEN = "***"
# The password may itself hold @, : and /, so it reaches to the last @ of the word.
_IN_URL = re.compile(r"(://[^\s:/@]*):(\S*)@")
_AS_OPTION = re.compile(r"(?i)(pass(?:word|wd|phrase)?=)([^&;\s'\"]+)")
# Shorter ones could not be told from ordinary words; no library repeats PGPASSWORD.
_SHORTEST = 4


class Redactor:
    """Hides the passwords of a command line and of the environment."""

    def __init__(self, words: Iterable[str]) -> None:
        found = {os.environ.get("PGPASSWORD", "")}
        for word in words:
            # Within one word even spaces belong to the password.
            for match in re.finditer(r"(?s)://[^:/@]*:(.*)@", word):
                found.add(match[1])
            for match in re.finditer(r"(?is)pass(?:word|wd|phrase)?=([^&]+)", word):
                found.add(match[1])
        spellings = {
            spelling
            for secret in found
            for plain in (secret, unquote(secret), unquote_plus(secret))
            for spelling in (plain, repr(plain)[1:-1])
            if len(spelling) >= _SHORTEST
        }
        self._secrets = sorted(spellings, key=len, reverse=True)

    def redact(self, text: str) -> str:
        """The text with every password as `***`."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        text = _IN_URL.sub(rf"\1:{_HIDDEN}@", text)
        return _AS_OPTION.sub(rf"\1{_HIDDEN}", text)
