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
    assert "A and B tensors: 3 of 3 of the same shape are equal to the bit" in text
    assert "question 4.1: the answers are 100 % the same text" in text
    assert "3 more but for a step of at most 1.0%" in text
    assert "2 pairs and 0 groups among 4 networks." in text
    assert "1 hand-in could not be compared:" in text
    assert "E was not compared: it is gone" in text
    assert WARNING in text


def test_a_class_without_pairs_still_has_the_warning() -> None:
    """Nobody is listed, and it is still said what that means."""
    nothing = Similarities(pairs=(), groups=(), usual=0)
    text = to_text(table(nothing, {}, 1), 100, color=False)
    assert "0 pairs and 0 groups among 1 network." in text
    assert " ".join(WARNING.split()) in " ".join(text.split())


def test_many_groups_are_cut_off_and_counted() -> None:
    """Ten are shown with whom they hold; of a large one some are named."""
    groups = tuple(
        Group(students=tuple(f"s{each}" for each in range(40)), tensors=12 - number, questions=())
        for number in range(12)
    )
    text = to_text(table(Similarities(pairs=(), groups=groups, usual=0), {}, 40), 400, color=False)
    assert text.count("40 hand-ins share this") == 10
    assert "s29 and 10 more" in text
    assert "2 more groups share less." in text
