"""The families of networks that a lab may ask for, or train in its experiment. No torch."""

from typing import Any

from grader.errors import look_up
from grader.networks.family import Family
from grader.networks.feed_forward import FEED_FORWARD
from grader.networks.mobilenet_v2.family import MOBILENET_V2
from grader.networks.trained import TrainedFamily

FAMILIES: dict[str, Family[Any]] = {MOBILENET_V2.name: MOBILENET_V2}
TRAINED_FAMILIES: dict[str, TrainedFamily] = {FEED_FORWARD.name: FEED_FORWARD}


def family_named(name: str) -> Family[Any]:
    """The family that lab files call `name`. Raises `GraderError` if there is none."""
    return look_up(FAMILIES, name, "network family")


def trained_family_named(name: str) -> TrainedFamily:
    """The family that experiments call `name`. Raises `GraderError` if there is none."""
    return look_up(TRAINED_FAMILIES, name, "family of trained networks")
