"""The points of a whole notebook, from its bytes."""

from collections.abc import Mapping
from pathlib import Path

from grader.evaluators.conditions import NetworkConditions
from grader.evidence.ids import question_id
from grader.labs.kinds import network_lab
from grader.pipeline import measure_one
from grader.scoring.grade import grade
from grader.types import Json, Measured, Measurement
from tests.small_networks import STUDENT, zipped
from tests.test_pipeline import conditions_in, ignore

LAB = network_lab()
CHECKED = ("2", "3", "5")
ALL = {"2": 15.0, "3": 5.0, "5": 10.0}
Points = Mapping[str, float | None]


def measured(folder: Path, content: bytes, conditions: NetworkConditions | None = None) -> Measured:
    """A hand-in of this notebook, without a network, through the whole pipeline."""
    source = zipped(folder, None, **{f"{STUDENT}.ipynb": content})
    return measure_one(source, conditions or conditions_in(folder), ignore)


def points(found: Measured) -> dict[str, float | None]:
    """Return the points that the grader gives, by question."""
    result = grade(LAB, found.measurements)
    return {each.id: each.earned for item in result.items for each in item.questions}


def question(found: Measured, id: str) -> Measurement:
    """Return the measurement of one question."""
    return next(each for each in found.measurements if each.id == question_id(id))


def states(found: Measured) -> dict[str, Json]:
    """Return the state of each question's answer."""
    return {each.id: question(found, each.id).evidence["state"] for each in LAB.questions}
