"""What one action did, before it becomes an entry; and small helpers for making it up."""

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple, TypeVar

T = TypeVar("T")

# Spaces and order as written: the log keeps JSON as text.
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Change(NamedTuple):
    """An action on a target. `before` and `after` are JSON text of the changed fields."""

    action: str
    target_type: str | None
    target_id: str | None
    target_name: str | None
    before: str | None
    after: str | None


def seeded(seed: int, purpose: str) -> Random:
    """A source of chance of its own for each purpose, so that none disturbs another."""
    return Random(f"{seed}:{purpose}")  # noqa: S311 - a made-up log, nothing to guess


def as_json(fields: Mapping[str, object] | None) -> str | None:
    """The fields as JSON text; None stays None (NULL)."""
    return None if fields is None else _encode(fields)


def pick(rng: Random, choices: Sequence[T]) -> T:
    """One of the choices.

    By `random()` alone, whose sequence Python promises to keep for a seed; that of
    `choice` and `sample` may change between versions.
    """
    return choices[int(rng.random() * len(choices))]


def pick_other(rng: Random, choices: Sequence[T], current: object) -> T:
    """One of the choices that is not the current one (there must be two different ones)."""
    while True:
        choice = pick(rng, choices)
        if choice != current:
            return choice


def between(rng: Random, low: int, high: int) -> int:
    """A whole number, both ends included."""
    return low + int(rng.random() * (high - low + 1))


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CODES = 62**4


def short_code(number: int) -> str:
    """Four letters and digits, different for each number below 62^4, in no visible order."""
    # The factor shares no divisor with 62^4 (2 and 31), so that no code comes twice.
    rest = (number * 9_875_321 + 4_321_987) % _CODES
    code = ""
    for _ in range(4):
        rest, digit = divmod(rest, 62)
        code += _DIGITS[digit]
    return code
