from grader.similarity.answers import SHORTEST, shared_answers
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
