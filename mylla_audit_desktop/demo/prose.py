"""The words of the demo: instructions by the sentence, greetings, topics."""

import re
import tomllib
from functools import cache
from random import Random
from typing import Any

from mylla_audit_desktop.demo.changes import between, pick
from mylla_audit_desktop.resources import resource_path

_SLOT = re.compile(r"\{(\w+)\}")


class Prose:
    """The texts of `resources/demo/prose.toml`, with their slots filled by chance."""

    def __init__(self, data: dict[str, Any]) -> None:
        agents = data["agents"]
        self.core_agents = tuple((entry["id"], entry["name"]) for entry in agents["core"])
        self.voices = tuple(agents["voices"])
        self.languages = tuple(agents["languages"])
        self.tools = tuple(agents["tools"])
        self.topics = tuple(data["requests"]["topics"])
        self.subjects = tuple(data["exports"]["subjects"])
        self._purposes = tuple(agents["purposes"])
        self._places = tuple(agents["places"])
        self._slots = {name: tuple(texts) for name, texts in data["slots"].items()}
        self._greetings = _parsed(agents["greetings"])
        self._openings = _parsed(data["instructions"]["openings"])
        self._sentences = _parsed(data["instructions"]["sentences"])

    def agent_name(self, rng: Random) -> str:
        """ "Recall Berlin Mitte"."""
        return f"{pick(rng, self._purposes)} {pick(rng, self._places)}"

    def greeting(self, rng: Random) -> str:
        """What an agent says first."""
        return self._filled(rng, pick(rng, self._greetings))

    def sentence(self, rng: Random) -> str:
        """One rule for an agent."""
        return self._filled(rng, pick(rng, self._sentences))

    def instructions(self, rng: Random, characters: int) -> list[str]:
        """An opening and rules of about so many characters, no rule twice."""
        lines = [self._filled(rng, pick(rng, self._openings))]
        left = characters - len(lines[0])
        while left > 0:
            line = self.sentence(rng)
            if line not in lines:
                lines.append(line)
                left -= len(line) + 1
        return lines

    def _filled(self, rng: Random, pieces: list[str]) -> str:
        # Even pieces are text, odd ones the names of slots, as re.split leaves them.
        text = "".join(
            pick(rng, self._slots[piece]) if index % 2 else piece
            for index, piece in enumerate(pieces)
        )
        return text[0].upper() + text[1:]


def _parsed(templates: list[str]) -> list[list[str]]:
    return [_SLOT.split(template) for template in templates]


@cache
def load_prose() -> Prose:
    """The prose of the demo, read once."""
    return Prose(tomllib.loads(resource_path("demo", "prose.toml").read_text(encoding="utf-8")))


def telephone_number(rng: Random) -> str:
    """A made-up number of a person or a colleague."""
    return f"+49 30 5550 {between(rng, 100, 199):04d}"
