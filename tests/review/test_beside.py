from dataclasses import replace

from grader.review.beside import beside, sides
from tests.report.examples import LAB, failed, passed, report
from tests.report.measured import NOT_MOBILENET, lineage
from tests.report.write_ups import DUE, UNREADABLE, write_up
from tests.review.classes import ANSWERS, questions
from tests.similarity.write_ups import latencies, of, paragraph

ONE = "The weights are bell-shaped around zero and most of them are small."
OTHER = "I saw that THE weights are bell-shaped **around** zero; they differ by layer."


def test_common_words_are_marked_and_no_character_is_lost() -> None:
    """Three words in sequence, whatever their case and Markdown; the rest is as written."""
    mine, theirs = sides(ONE, OTHER)
    assert "".join(each.words for each in mine) == ONE
    assert "".join(each.words for each in theirs) == OTHER
    assert [each.words for each in mine if each.is_same] == ["The weights are bell-shaped around "]
    assert [each.words for each in theirs if each.is_same] == [
        "THE weights are bell-shaped **around** "
    ]


def test_two_words_in_sequence_say_nothing() -> None:
    """Any two texts have some."""
    mine, _ = sides("it was small", "it was large")
    assert [each.is_same for each in mine] == [False]
    assert sides("", "words here and there") == ((), sides("x", "words here and there")[1])


def test_answers_and_networks_stand_side_by_side() -> None:
    """Each answer that both have, the figures, and the channels of each layer."""
    first = passed("A1", 43.396277, 9300, 0.4)
    second = passed("B2", 43.396277, 9200, 0.4)
    other = {**ANSWERS, "1.2": "Pruning removes the ones that hardly matter.", "4.1": ""}
    one = report("A1", *first.measurements, *questions(ANSWERS, {}))
    two = report("B2", *second.measurements, *questions(other, {}))
    found = beside(one, two, LAB)
    by_title = {each.title: each for each in found.texts}
    assert len(by_title) == len(ANSWERS) - 1
    same = next(each for title, each in by_title.items() if "1.1" in title)
    assert (same.ratio, same.is_alike, same.one.where) == (100.0, True, "cell 1")
    assert all(piece.is_same for piece in same.one.pieces)
    differs = next(each for title, each in by_title.items() if "1.2" in title)
    assert not differs.is_alike
    figures = {each.title: each for each in found.figures}
    assert figures["MFLOPs"].is_same
    assert (figures["Accuracy, PyTorch"].one, figures["Accuracy, PyTorch"].is_same) == (
        "93.00 %",
        False,
    )
    assert found.parts
    assert all(each.is_same for each in found.parts)
    assert all(each.share is not None and each.share[0] > 0 for each in found.parts)


def test_a_removed_block_and_a_failed_network_have_dashes() -> None:
    """An unknown figure is not the same as another unknown one."""
    one = report("A1", *passed("A1", 44.0, 9300, 0.4).measurements)
    fewer = [
        lineage(0.4, removed=("features.5",)) if each.id == "structure.lineage" else each
        for each in one.measurements
    ]
    found = beside(one, replace(one, measurements=tuple(fewer)), LAB)
    gone = [each for each in found.parts if each.title.startswith("features.5 ")]
    assert gone
    assert not any(each.is_same for each in gone)
    broken = failed("B2", NOT_MOBILENET)
    neither = beside(broken, broken, LAB)
    mflops = next(each for each in neither.figures if each.title == "MFLOPs")
    assert (mflops.one, mflops.is_same) == ("-", False)
    assert neither.parts == ()
    assert neither.texts == ()


def test_write_ups_have_paragraphs_and_tables() -> None:
    """The most alike paragraph of the other, and every cell that both have."""
    one = of("A1", latencies(1), paragraph(1), paragraph(2))
    two = of("B2", latencies(2), paragraph(3), paragraph(2))
    found = beside(one, two, DUE)
    (alike,) = [each for each in found.texts if each.ratio == 100]
    assert alike.one.where == alike.other.where == "page 1"
    assert len(found.parts) == 21
    assert 0 < sum(each.is_same for each in found.parts) < 21
    assert found.figures == ()


def test_an_unreadable_write_up_has_nothing_beside_it() -> None:
    """Nothing of it was read."""
    found = beside(of("A1", latencies(1), paragraph(1)), write_up("B2", UNREADABLE), DUE)
    assert (found.texts, found.parts) == ((), ())
