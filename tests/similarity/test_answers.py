import json

from grader.labs.kinds import network_lab
from grader.similarity.answers import SHORTEST, shared_answers
from grader.similarity.wording import template_of
from tests.similarity.networks import LONG, writer


def test_nearly_equal_answers_are_found() -> None:
    """Case, spaces and a few letters do not matter; short and different answers are no pair."""
    reports = [
        writer("A", q4_1=LONG, q4_2="No."),
        writer("B", q4_1=LONG.upper().replace(" ", "  ").replace("FAST", "QUICK"), q4_2="No."),
        writer("C", q4_1="Something altogether different, which nobody else in the class wrote."),
    ]
    found = shared_answers(reports).pairs
    assert found.keys() == {("A", "B")}
    (answer,) = found["A", "B"]
    assert answer.question == "4.1"
    assert 90 <= answer.ratio < 100


def test_what_many_wrote_is_a_groups() -> None:
    """Four of 24 with the same text are a group, listed with the question."""
    others = [writer(f"s{number}", q4_1=f"{number} " * 60) for number in range(20)]
    found = shared_answers([writer(name, q4_1=LONG) for name in "ABCD"] + others)
    assert found.pairs == {}
    assert found.groups == {tuple("ABCD"): ("4.1",)}


def test_a_chinese_answer_is_shorter_and_says_as_much() -> None:
    """39 characters are an answer; ten are not."""
    answer = "準確率在稀疏度超過八成之前下降得很慢,之後下降得非常快,最敏感的是第一層卷積。"
    assert len(answer) < SHORTEST
    found = shared_answers([writer("A", q4_1=answer), writer("B", q4_1=answer)])
    assert found.pairs.keys() == {("A", "B")}
    short = [writer(name, q4_1=answer[:10]) for name in "AB"]
    assert shared_answers(short).pairs == {}


OWN = (
    "My first layer reacts most, since it sees the colours, and three channels are few to begin "
    "with; the last ones lose half of their weights without any change that I could measure."
)


def test_a_sentence_of_the_class_does_not_hide_a_pair() -> None:
    """Thirty begin with one sentence; two of them go on with the same words, the others not."""
    reports = [
        writer(f"s{number:02}", q4_1=f"{LONG * 5} {f'I measured {number * 37} of these. ' * 4}")
        for number in range(28)
    ]
    reports += [writer(name, q4_1=f"{LONG * 5} {OWN}") for name in ("A", "B")]
    found = shared_answers(reports)
    assert ("A", "B") in found.pairs
    (answer,) = found.pairs["A", "B"]
    assert answer.ratio == 100
    assert answer.length < len(OWN) + 10
    assert ("A", "s00") not in found.pairs
    assert any(len(group) >= 28 for group in found.groups)


def test_the_templates_words_make_no_pair() -> None:
    """Two who left the question's text in their answers share only that."""
    lab = network_lab()
    assert lab.blank is not None
    cells = json.loads(lab.blank)["cells"]
    given = max(("".join(each["source"]) for each in cells), key=len)
    reports = [writer("A", q4_1=f"{given}\n{LONG}"), writer("B", q4_1=f"{given}\n{OWN}")]
    assert shared_answers(reports).pairs.keys() == {("A", "B")}
    assert shared_answers(reports, template_of(lab)).pairs == {}


def test_letters_of_another_script_do_not_hide_a_copy() -> None:
    """Nor do marks of no width."""
    disguised = "\u200b".join(OWN.replace("a", "\u0430").replace("e", "\u0435"))
    found = shared_answers([writer("A", q4_1=OWN), writer("B", q4_1=disguised)])
    (answer,) = found.pairs["A", "B"]
    assert answer.ratio == 100
