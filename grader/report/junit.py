"""JUnit XML: a test suite for each hand-in, a test case for each check."""

from collections.abc import Iterable, Iterator

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from grader.text import inert, so_far, whole
from grader.types import Grade, Measurement, Report, Status

_RESULTS = {Status.FAILED: Failure, Status.ERROR: Error, Status.SKIPPED: Skipped}


def render(reports: Iterable[Report]) -> str:
    """Return the XML, without dates, so that the same reports give the same text.

    FAILED becomes a failure, ERROR an error and SKIPPED skipped, each with its reason and help.
    """
    document = JUnitXml("grader")
    for report in reports:
        suite = TestSuite(inert(report.submission.id))
        for name, value in _properties(report.grade):
            suite.add_property(name, value)
        for measurement in report.measurements:
            suite.add_testcase(_case(report, measurement))
        document.add_testsuite(suite)
    text: str = document.tostring().decode("utf-8")  # type: ignore[no-untyped-call]  # theirs
    return text + "\n"


def _properties(grade: Grade) -> Iterator[tuple[str, str]]:
    """Yield the total, with a `+` if points are pending, and the points pending."""
    if grade.total is not None:
        yield "points", so_far(grade.total, grade.pending)
    if grade.pending:
        yield "points pending", whole(grade.pending)


def _case(report: Report, measurement: Measurement) -> TestCase:
    classname = f"{report.provenance.lab}.{inert(report.submission.id)}"
    case = TestCase(inert(measurement.id), classname=classname, time=round(measurement.seconds, 3))
    kind = _RESULTS.get(measurement.status)
    if kind is not None:
        result = kind(inert(measurement.reason or ""))
        result.text = "\n".join(_more(measurement))
        case.result = [result]
    return case


def _more(measurement: Measurement) -> list[str]:
    labelled = (
        ("expected", measurement.expected),
        ("actual", measurement.actual),
        ("help", measurement.help),
    )
    return [f"{label}: {inert(words)}" for label, words in labelled if words]
