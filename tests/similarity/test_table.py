from grader.report.terminal.class_table import to_text
from grader.similarity.pairs import Group, Similarities, similarities
from grader.similarity.table import WARNING, table
from grader.similarity.tensors import STEP
from tests.similarity.networks import LONG, network, writer


def test_the_strongest_pair_comes_first_with_all_its_evidence() -> None:
    """Equal tensors before near ones before answers, and the warning below."""
    sketches = [network("A", 1), network("B", 1), network("C", 2), network("D", 2, step=STEP / 2)]
    reports = [writer("A", q4_1=LONG), writer("B", q4_1=LONG)]
    found = similarities(sketches, reports)
    assert [pair.students for pair in found.pairs] == [("A", "B"), ("C", "D")]
    text = " ".join(to_text(table(found, {"E": "it is gone"}, 4), 200, color=False).split())
    assert "A and B tensors: 3 of 3" in text
    assert "question 4.1" in text
    assert "100 %" in text
    assert "1.0%" in text
    assert "2 pairs and 0 groups" in text
    assert "1 hand-in" in text
    assert "it is gone" in text
    assert WARNING in text


def test_a_class_without_pairs_still_has_the_warning() -> None:
    """With no pair, the warning is still printed."""
    nothing = Similarities(pairs=(), groups=(), usual=0)
    text = to_text(table(nothing, {}, 1), 100, color=False)
    assert "0 pairs and 0 groups" in text
    assert " ".join(WARNING.split()) in " ".join(text.split())


def test_many_groups_are_cut_off_and_counted() -> None:
    """At most ten groups are printed, and the first 30 students of each."""
    groups = tuple(
        Group(students=tuple(f"s{each}" for each in range(40)), tensors=12 - number)
        for number in range(12)
    )
    text = to_text(table(Similarities(pairs=(), groups=groups, usual=0), {}, 40), 400, color=False)
    assert text.count("40 hand-ins") == 10
    assert "s29 and 10 more" in text
    assert "2 more groups" in text
