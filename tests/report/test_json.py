import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.report.json import parse, render, undated
from grader.types import (
    Arrival,
    Extension,
    Grade,
    GradeItem,
    Lateness,
    Measurement,
    Member,
    Provenance,
    Report,
    Role,
    Status,
    Submission,
    SubmittedFile,
    Term,
)
from tests.places import ROOT
from tests.report.examples import example_class, failed, passed
from tests.report.measured import OUR_ERROR, archive

DOCUMENTATION = ROOT / "docs" / "json.md"

words = st.text(max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
plain = st.none() | st.booleans() | st.integers() | numbers | words
json_values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)
)
names = st.from_regex(r"[\w.-]+(/[\w.-]+)*", fullmatch=True).filter(
    lambda name: Path(name).as_posix() == name
)
files = st.builds(
    lambda role, name, size: SubmittedFile(
        role=role, name=name, path=Path(name), size=size, sha256="0" * 64
    ),
    st.sampled_from(Role),
    names,
    st.integers(min_value=0),
)
reports = st.builds(
    Report,
    submission=st.builds(
        Submission,
        id=words,
        source=names.map(Path),
        sha256=words,
        layout=st.none() | words,
        files=st.lists(files, max_size=2).map(tuple),
        handed_in=st.none()
        | st.builds(
            Arrival,
            lms=st.none() | words,
            submitted_at=st.none() | words,
            late=st.none() | st.booleans(),
            superseded=st.lists(words, max_size=2).map(tuple),
            members=st.lists(st.builds(Member, id=words, name=st.none()), max_size=2).map(tuple),
            extension=st.none() | st.builds(Extension, until=st.none() | words),
        ),
    ),
    measurements=st.lists(
        st.builds(
            Measurement,
            id=words,
            status=st.sampled_from(Status),
            value=st.none() | numbers,
            reason=st.text(min_size=1, max_size=8),
            help=st.none() | words,
            expected=st.none() | words,
            actual=st.none() | words,
            review=st.none() | words,
            evidence=st.dictionaries(words, json_values, max_size=3),
            seconds=numbers,
        ),
        max_size=2,
    ).map(tuple),
    grade=st.builds(
        Grade,
        items=st.lists(
            st.builds(
                GradeItem,
                earned=st.none() | numbers,
                possible=numbers,
                status=st.sampled_from(Status),
                terms=st.lists(st.builds(Term, value=numbers), max_size=2).map(tuple),
            ),
            max_size=2,
        ).map(tuple),
        total=st.none() | numbers,
        pending=numbers,
        review=st.lists(words, max_size=2).map(tuple),
        lateness=st.none()
        | st.builds(
            Lateness,
            unpenalised=st.none() | numbers,
            penalty=st.none() | numbers,
        ),
    ),
    provenance=st.builds(Provenance, packages=st.dictionaries(words, words, max_size=2)),
)


@given(reports)
def test_a_written_report_is_read_back_unchanged(report: Report) -> None:
    """Parsing any rendered report gives an equal report."""
    assert parse(render(report)) == report


def test_a_report_has_the_documented_keys() -> None:
    """The keys at the top and in the parts are those of the documentation, without `path`."""
    document = json.loads(render(passed("1", 43.396277, 9311, 0.4)))
    assert list(document) == [
        "schema_version",
        "submission",
        "measurements",
        "grade",
        "provenance",
    ]
    assert document["schema_version"] == 1
    assert set(document["submission"]) == {
        *("id", "source", "sha256", "layout", "files", "handed_in"),
    }
    assert set(document["submission"]["files"][0]) == {"role", "name", "size", "sha256"}
    assert set(document["measurements"][0]) == {
        *("id", "status", "value", "unit", "reason", "help"),
        *("expected", "actual", "review", "evidence", "seconds"),
    }
    assert set(document["grade"]) == {
        *("items", "total", "pending", "needs_review", "review", "estimate", "lateness"),
    }
    assert document["grade"]["items"][1]["status"] == "passed"


def test_every_key_is_documented() -> None:
    """docs/json.md names every key in the reports of a whole class, evidence included."""
    documented = set(re.findall(r"`([^`]+)`", DOCUMENTATION.read_text(encoding="utf-8")))
    for report in example_class():
        document = json.loads(render(report))
        del document["provenance"]["packages"]
        assert _keys(document) <= documented
        assert {each["id"] for each in document["measurements"]} <= documented


def _keys(document: Any) -> set[str]:
    if isinstance(document, dict):
        return set(document).union(*map(_keys, document.values()))
    return set().union(*map(_keys, document)) if isinstance(document, list) else set()


def test_a_report_without_lms_and_lateness_is_read() -> None:
    """These keys were added later: without them both are unknown."""
    report = passed("1", 43.396277, 9311, 0.4)
    document = json.loads(render(report))
    del document["submission"]["handed_in"], document["grade"]["lateness"]
    assert parse(json.dumps(document)) == parse(render(report))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_null(number: float) -> None:
    """NaN and infinity, which JSON lacks, become null in values and in evidence."""
    odd = replace(archive(), value=number, evidence={"seen": [number]})
    document = json.loads(render(replace(passed("1", 44.0, 9300, 0.4), measurements=(odd,))))
    assert document["measurements"][0]["value"] is None
    assert document["measurements"][0]["evidence"] == {"seen": [None]}


def test_a_name_that_is_not_utf_8_can_be_written() -> None:
    """A lone surrogate from such a file name is written as UTF-8 and read back."""
    report = passed("student\udcff", 44.0, 9300, 0.4)
    assert parse(render(report).encode("utf-8").decode("utf-8")) == report


def test_the_path_of_an_unpacked_file_is_not_written() -> None:
    """Equal hand-ins give equal text, independent of the folder of the unpacked files."""
    report = passed("1", 44.0, 9300, 0.4)
    moved = tuple(replace(f, path=Path("elsewhere") / f.name) for f in report.submission.files)
    submission = replace(report.submission, files=moved)
    assert render(replace(report, submission=submission)) == render(report)


def test_an_error_has_no_total() -> None:
    """The total of a report with an error of the grader is null, never zero."""
    document = json.loads(render(failed("1", OUR_ERROR)))
    assert document["grade"]["total"] is None


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"schema_version": 1}', '{"schema_version": 1, "grade": 2}']
)
def test_text_that_is_not_a_report_is_refused(text: str) -> None:
    """Text that is not a report raises an error."""
    with pytest.raises(GraderError, match="report"):
        parse(text)


def test_another_version_is_refused() -> None:
    """The error for a report of a later schema names both versions."""
    text = render(passed("1", 44.0, 9300, 0.4)).replace(
        '"schema_version": 1', '"schema_version": 2'
    )
    with pytest.raises(GraderError, match=r"\b2\b.*\b1\b"):
        parse(text)


def test_without_the_time_of_the_scoring_two_reports_are_equal() -> None:
    """A text of a hand-in that looks like the time stays."""
    words = '\n    "graded_at": "now"'
    one = passed("B1", 44.0, 9300, 0.4)
    one = replace(one, measurements=(replace(one.measurements[0], evidence={"graded_at": words}),))
    later = replace(one, provenance=replace(one.provenance, graded_at="later"))
    assert render(one) != render(later)
    assert undated(render(one)) == undated(render(later))
    assert undated(render(one)).count("graded_at") == render(one).count("graded_at") - 1
