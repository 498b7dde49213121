from dataclasses import replace

import numpy as np
import pytest

from grader.report.terminal.class_table import to_text
from grader.similarity.channels import Kept
from grader.similarity.pairs import similarities
from grader.similarity.sketch import Sketch
from grader.similarity.table import evidence, table
from grader.types import Arrival, Report
from tests.similarity.networks import LONG, network, writer


def of_person(report: Report, number: str) -> Report:
    """The report of a hand-in that Moodle says is of this participant."""
    who = Arrival(lms="moodle", lms_id=number, name="Jane Doe")
    return replace(report, submission=replace(report.submission, handed_in=who))


def test_one_students_hand_ins_are_no_pair() -> None:
    """Two hand-ins of one student are not a pair, if the LMS says that they are."""
    names = ("A", "A~2", "A~3", "A~4")
    twice = [replace(network("A", 1), student=name) for name in names]
    for several in (2, 4):
        reports = [of_person(writer(name, q4_1=LONG), "101") for name in names[:several]]
        found = similarities(twice[:several], reports)
        assert (found.pairs, found.groups) == ((), ())


def test_a_name_with_a_tilde_is_another_students() -> None:
    """A copy named as a further hand-in of the same student is a pair all the same."""
    sketches = [replace(network("A", 1), student=name) for name in ("B1", "B1~2")]
    reports = [of_person(writer("B1", q4_1=LONG), "1"), of_person(writer("B1~2", q4_1=LONG), "2")]
    for known in (reports, [writer("B1"), writer("B1~2")], []):
        (pair,) = similarities(sketches, known).pairs
        assert pair.students == ("B1", "B1~2")


def test_channels_are_listed_beyond_chance_only() -> None:
    """The same 100 of 200 are; two independent halves are not."""
    half = Kept(channels=frozenset(range(100)), original=200)
    other = Kept(channels=frozenset(range(50, 150)), original=200)
    sketches = [
        network("A", 1, layer=half),
        network("B", 2, layer=half),
        network("C", 3, layer=other),
    ]
    (pair,) = similarities(sketches, []).pairs
    assert pair.students == ("A", "B")
    assert pair.usual == 0.5
    (line,) = evidence(pair)
    assert "100 of the 100" in line
    assert "50 ± 4" in line
    assert "median pair shares 50%" in line


def chosen(student: str, seed: int, many: int, noise: float) -> Sketch:
    """`many` of 2,000 channels by one criterion, whose ranking training has shaken by `noise`."""
    scores = np.arange(2000) / 2000 + noise * np.random.default_rng(seed).normal(size=2000)
    channels = frozenset(int(each) for each in np.argsort(-scores)[:many])
    return Sketch(student=student, tensors={}, kept={"a": Kept(channels=channels, original=2000)})


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize("step", [0, 40])
def test_a_class_that_chose_alike_lists_none(noise: float, step: int) -> None:
    """With one base and one criterion, equal, nested or near choices are not listed."""
    class_ = [chosen(chr(65 + number), number, 500 + step * number, noise) for number in range(20)]
    found = similarities(class_, [])
    assert found.pairs == ()
    text = to_text(table(found, {}, 20), 200, color=False)
    assert ("usual in this class" in text) == bool(found.usual)


def test_a_copy_stands_out_of_a_class_that_chose_alike() -> None:
    """If all share 95 % of their channels, the two that share 100 % are listed."""
    class_ = [chosen(chr(65 + number), number, 1000, 0.03) for number in range(20)]
    class_.append(chosen("Z", 0, 1000, 0.03))
    (pair,) = similarities(class_, []).pairs
    assert pair.students == ("A", "Z")
    assert pair.channels is not None
    assert pair.channels.share == 1.0
    assert pair.usual is not None
    assert 0.9 < pair.usual < 0.97


def test_what_the_whole_class_shares_is_one_and_hides_no_pair() -> None:
    """A sentence and a tensor that all have are one line; two who share more are seen."""
    common_sentence = "The accuracy falls slowly at first, then faster after ninety percent. "
    own = [f"{LONG} {chr(97 + at) * 70} {chr(110 + at % 9) * 70}" for at in range(11)]
    sketches = [base_and_own(chr(65 + at), at) for at in range(11)]
    sketches.append(base_and_own("T", 4))
    reports = [
        writer(each.student, q4_1=common_sentence * 9 + own[4 if each.student == "T" else at])
        for at, each in enumerate(sketches)
    ]
    found = similarities(sketches, reports)
    assert found.whole is not None
    assert len(found.whole.students) == 12
    assert found.whole.tensors == 1
    assert found.groups == ()
    assert [each.students for each in found.pairs] == [("E", "T")]


def base_and_own(student: str, seed: int) -> Sketch:
    """A network with one tensor of the class's base, and others of its own."""
    base, mine = network(student, 999), network(student, seed)
    first = next(iter(base.tensors))
    return replace(mine, tensors={**mine.tensors, first: base.tensors[first]})
