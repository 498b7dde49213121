"""The families of networks that a lab may ask for. Imports no torch."""

from typing import Any

from grader.errors import GraderError
from grader.networks.family import Family
from grader.networks.mobilenet_v2.family import MOBILENET_V2

FAMILIES: dict[str, Family[Any]] = {MOBILENET_V2.name: MOBILENET_V2}


def family_named(name: str) -> Family[Any]:
    """The family that lab files call `name`. Raises `GraderError` if there is none."""
    found = FAMILIES.get(name)
    if found is None:
        raise GraderError(
            f"Unknown network family {name!r}.", help=f"Use one of {', '.join(FAMILIES)}."
        )
    return found
