import csv
import io

from grader.report.class_statistics import class_statistics
from grader.report.statistics_csv import HEADINGS, render
from tests.report.examples import LAB, example_class, hostile


def test_the_sheet_has_every_table() -> None:
    """Each line says what it is about; a cell that does not apply is empty."""
    found = class_statistics([*example_class(), hostile()], LAB)
    text = render(found)
    assert text.endswith("\r\n")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(lines[0]) == HEADINGS
    tables = {
        table: [each for each in lines if each["table"] == table]
        for table in ("question", "distribution", "time", "failure")
    }
    assert sum(map(len, tables.values())) == len(lines)
    formula = next(each for each in found.parts if each.id == "part2.formula")
    line = next(each for each in tables["question"] if each["id"] == "part2.formula")
    assert float(line["mean"]) == float(f"{formula.mean:.6g}")
    assert (line["decided"], line["seconds"]) == (str(formula.decided), "")
    assert sum(int(each["hand_ins"]) for each in tables["distribution"]) == formula.decided
    assert len(tables["time"]) == len(found.times)
    assert {each["status"] for each in tables["failure"]} == {"failed", "error"}


def test_no_cell_is_a_formula() -> None:
    """A reason that begins like one has an apostrophe before it."""
    text = render(class_statistics([hostile()], LAB))
    assert ",'@SUM(1)" in text
    assert ",@SUM(1)" not in text
