"""Where the data files are: in a checkout, in a wheel, in a bundle."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# A wheel carries the top-level folder `resources/` inside the package.
_ROOTS = (_PACKAGE / "_resources", _PACKAGE.parent / "resources")


def resource_path(*parts: str) -> Path:
    """The path of a data file such as `resource_path("icons", "search.svg")`."""
    root = next((root for root in _ROOTS if root.is_dir()), _ROOTS[-1])
    return root.joinpath(*parts)
