from grader.report.next_points import formula_advice, judged
from tests.report.examples import LAB, failed, passed
from tests.report.measured import NOT_MOBILENET


def test_the_advice_is_of_the_measured_network() -> None:
    """By the lab's formula; none if it was not measured."""
    advice = formula_advice(passed("B1", 60.5, 9150, 0.45), LAB)
    assert any("3.45 MFLOPs fewer" in line for line in advice)
    assert formula_advice(failed("B1", NOT_MOBILENET), LAB) == ()


def test_the_accuracy_is_the_judges() -> None:
    """None if it was not measured."""
    found = judged(passed("B1", 60.5, 9150, 0.45), LAB)
    assert found is not None
    assert found.value == 0.915
    assert judged(failed("B1", NOT_MOBILENET), LAB) is None
