"""The actions that the service logs: their categories, and what to call them.

The catalogue is data (`resources/actions.toml`). It never limits what is shown:
an action that it does not know has its own code as label.
"""

import tomllib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Action:
    """An action by its dotted name, and its label in the past tense."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Category:
    """Actions that share their first word `prefix`; `icon` may be empty."""

    name: str
    prefix: str
    actions: tuple[Action, ...]
    icon: str = ""


@dataclass(frozen=True)
class ActionCatalog:
    """All categories, in the order in which they are offered."""

    categories: tuple[Category, ...]
    _labels: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        labels = {action.name: action.label for c in self.categories for action in c.actions}
        object.__setattr__(self, "_labels", labels)

    def label_of(self, action: str) -> str:
        """ "Instructions edited"; the code itself where the catalogue does not know it.

        An unknown code comes from the log: show it as hostile text.
        """
        return self._labels.get(action, action)

    def patterns(self) -> tuple[str, ...]:
        """A glob for each category, such as `number.*`."""
        return tuple(f"{category.prefix}.*" for category in self.categories)

    def names(self) -> tuple[str, ...]:
        """Every known action, category by category."""
        return tuple(self._labels)


def parse_catalog(text: str) -> ActionCatalog:
    """The catalogue from the text of `actions.toml`.

    Raises ValueError where the text is no TOML, a key is missing, an action stands
    twice or under a prefix that is not its own: the file ships with the product,
    so that is a bug and no user's mistake.
    """
    try:
        categories = tuple(
            Category(
                name=entry["name"],
                prefix=entry["prefix"],
                actions=tuple(Action(name, label) for name, label in entry["actions"].items()),
                icon=entry.get("icon", ""),
            )
            for entry in tomllib.loads(text)["category"]
        )
    except KeyError as missing:
        raise ValueError(f"the action catalogue lacks the key {missing}") from None
    prefixes = [category.prefix for category in categories]
    if len(set(prefixes)) < len(prefixes):
        raise ValueError("the action catalogue names a prefix twice")
    for category in categories:
        for action in category.actions:
            if action.name.partition(".")[0] != category.prefix:
                raise ValueError(f"{action.name} stands under the prefix {category.prefix}")
    return ActionCatalog(categories)
