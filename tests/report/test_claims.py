from dataclasses import replace

import pytest

from grader.report.claims import claimed
from grader.types import Json, Measurement, Status
from tests.report.examples import passed, report


def told(what: str, value: float, percent: bool = False) -> str:
    """The line for one claim of a hand-in of 43.396277 MFLOPs and 93.11 %."""
    claim: Json = {"what": what, "value": value, "percent": percent, "cell": 33}
    notebook = Measurement(id="notebook", status=Status.PASSED, evidence={"claims": [claim]})
    base = passed("109550017", 43.396277, 9311, 0.38)
    (line,) = claimed(replace(base, measurements=(*base.measurements, notebook)))
    return line


@pytest.mark.parametrize(
    ("what", "value", "percent", "cause"),
    [
        ("MFLOPs", 43.4, False, "the same"),
        ("MFLOPs", 39.0, False, "torchprofile"),
        ("MFLOPs", 0, False, "placeholder"),
        ("MFLOPs", 20, False, "another network"),
        ("accuracy", 0.9311, False, "93.11 %: the same"),
        ("accuracy", 93.11, True, "the same"),
        ("accuracy", 93.11, False, "percent"),
        ("accuracy", 0, False, "placeholder"),
        ("accuracy", 95.0, True, "another network"),
        ("score", 45.47, False, "45.47: the same"),
        ("score", 47.03, False, "45.47"),
    ],
)
def test_a_claim_is_compared_with_the_measurement(
    what: str, value: float, percent: bool, cause: str
) -> None:
    """The line has the cause of a difference, if known."""
    line = told(what, value, percent)
    assert "33" in line
    assert f"{what} {value:g}" in line
    assert cause in line


def test_a_claim_without_a_measurement_gives_no_line() -> None:
    """Nothing was measured, or the report has no notebook."""
    claim: Json = {"what": "MFLOPs", "value": 1.0, "percent": False, "cell": 3}
    notebook = Measurement(
        id="notebook", status=Status.PASSED, evidence={"claims": [claim, "odd", {"what": "x"}]}
    )
    assert claimed(report("1", notebook)) == ()
    assert claimed(report("1")) == ()


def test_the_notebooks_own_images_explain_a_difference() -> None:
    """Its loader drops the last 16 images: the line names the accuracy on 9,984 images."""
    base = passed("109550017", 43.396277, 9311, 0.38)
    accuracy = base.measurement("accuracy.pytorch")
    assert accuracy
    theirs = replace(accuracy, evidence={**accuracy.evidence, "correct_9984": 9_303})
    claim: Json = {"what": "accuracy", "value": 93.18, "percent": True, "cell": 33}
    notebook = Measurement(id="notebook", status=Status.PASSED, evidence={"claims": [claim]})
    (line,) = claimed(replace(base, measurements=(theirs, notebook)))
    assert "the same" in line
    assert "9,984" in line
