from dataclasses import replace

import numpy as np

from grader.evidence.write_up import CellEvidence
from grader.similarity.latencies import alike_latencies
from grader.types import Report
from tests.report.write_ups import LAB, cell, pdf, table, write_up
from tests.similarity.write_ups import different, latencies, of


def test_a_class_on_boards_of_one_kind_has_no_pair() -> None:
    """100 students with a few dozen possible values each: equal cells are chance."""
    found = alike_latencies(different(100), LAB)
    assert found.pairs == {}
    assert found.groups == ()


def test_a_copied_table_is_listed_with_its_rows() -> None:
    """Also if a fifth of it was changed."""
    copied = [
        replace(each, text="0.0301", number=0.0301) if number % 5 == 0 else each
        for number, each in enumerate(latencies(3))
    ]
    found = alike_latencies([*different(20), of("Z", copied)], LAB)
    assert found.pairs.keys() == {("S003", "Z")}
    shared = found.pairs["S003", "Z"]
    assert (shared.cells, shared.of, shared.rows) == (16, 21, 16)
    assert shared.expected < 5


def quantization(student: str, *texts: str) -> Report:
    """A write-up with these latencies of a batch, one a row, with a deviation."""
    rows = ("float32", "dynamic-float16", "dynamic-qint8", "static-qint8")
    cells: list[CellEvidence] = []
    for row, text in zip(rows, texts, strict=False):
        number, deviation = (float(each) / 1000 for each in text.split(" ± "))
        more = {"number": number, "deviation": deviation}
        cells += [cell(row, name, text, "not compared", **more) for name in LATENCIES]
    return write_up(student, pdf(), table(*cells))


LATENCIES = ("latency-1", "latency-64")
SAME = ("2.41 ± 0.05", "2.52 ± 0.07", "1.12 ± 0.03")


def test_a_table_of_three_rows_needs_deviations() -> None:
    """Three rows with two columns are enough; two rows, and other deviations, are not."""
    alike = alike_latencies([quantization("A", *SAME), quantization("B", *SAME)], LAB)
    assert alike.pairs["A", "B"].rows == 3
    two = alike_latencies([quantization("A", *SAME[:2]), quantization("B", *SAME[:2])], LAB)
    assert two.pairs == {}
    other = [each.replace("± 0.0", "± 0.1") for each in SAME]
    assert alike_latencies([quantization("A", *SAME), quantization("B", *other)], LAB).pairs == {}


def test_rounded_latencies_are_equal_by_chance() -> None:
    """All rows are 0.02 s in both: one digit says nothing."""
    cells = [replace(each, text="0.02", number=0.02) for each in latencies(1)]
    assert alike_latencies([of("A", cells), of("B", cells)], LAB).pairs == {}


def test_a_table_of_the_whole_class_is_a_group() -> None:
    """Everybody measured on one board, together."""
    class_ = [of(f"S{number}", latencies(1)) for number in range(12)]
    found = alike_latencies(class_, LAB)
    assert found.pairs == {}
    (group,) = found.groups
    assert len(group) == 12


def test_sizes_are_not_latencies() -> None:
    """They are exact, and equal in every correct table."""
    cells = [cell(str(row), "disk", "5.885", number=5885e3) for row in range(21)]
    assert alike_latencies([of("A", cells), of("B", cells)], LAB).pairs == {}
    assert alike_latencies([], LAB).pairs == {}


def fine(seed: int) -> list[CellEvidence]:
    """Latencies with six digits, which are hardly equal by chance."""
    chance = np.random.default_rng(seed)
    return [
        replace(each, number=number, text=f"{number:.6f}")
        for each in latencies(seed)
        for number in [round(float(chance.normal(0.0212, 0.0004)), 6)]
    ]


def test_a_pair_inside_a_group_is_listed() -> None:
    """The class took half of its table from the course's board; two share the other half, too."""
    board = fine(1)[:11]
    class_ = [of(f"S{number}", [*board, *fine(100 + number)[11:]]) for number in range(9)]
    copy = of("T", [*board, *fine(104)[11:]])
    found = alike_latencies([*class_, copy], LAB)
    assert len(found.groups) == 1
    assert found.pairs.keys() == {("S4", "T")}
    assert found.pairs["S4", "T"].cells == 10
