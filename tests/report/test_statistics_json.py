import json

from grader.report.class_statistics import class_statistics
from grader.report.statistics_json import SCHEMA_VERSION, render
from tests.report.examples import LAB, example_class, hostile


def test_the_json_has_all_statistics() -> None:
    """Numbers are numbers, and unknown ones are null."""
    found = class_statistics([*example_class(), hostile()], LAB)
    document = json.loads(render(found))
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["hand_ins"] == 15
    parts = {each["id"]: each for each in document["parts"]}
    formula = next(each for each in found.parts if each.id == "part2.formula")
    assert parts["part2.formula"]["mean"] == formula.mean
    assert parts["1.1"]["mean"] is None
    assert sum(each["count"] for each in parts["part2.formula"]["distribution"]) == formula.decided
    assert {each["status"] for each in document["failures"]} == {"failed", "error"}
    assert document["times"][0]["seconds"] > 0


def test_no_student_is_named() -> None:
    """Neither an id nor a folder."""
    text = render(class_statistics(example_class(), LAB))
    assert not any(each.submission.id in text for each in example_class())
