"""Numbers that a text states, and those of other networks."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.notebook.claim_text import decimals_of, of_another, stated

Read = list[tuple[str, float]]


def read(text: str, prose: bool = False) -> Read:
    """The numbers of a text, by what they are, each once."""
    return list(dict.fromkeys((each.what, each.value) for each in stated(text, prose)))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Your Score: 45.14/45", [("score", 45.14)]),
        ("Your Score: 45.14 / 45%", [("score", 45.14)]),
        ("Score: 45.47", [("score", 45.47)]),
        ("MFLOPs=43.396277", [("MFLOPs", 43.396277)]),
        ("MFLOPs 43.396277", [("MFLOPs", 43.396277)]),
        ("MFLOPs: 4.3396277e+01", [("MFLOPs", 43.396277)]),
        ("MFLOPs of the pruned model: 43.4", [("MFLOPs", 43.4)]),
        ("MACs: 43.40M", [("MFLOPs", 43.4)]),
        ("FLOPs: 43.40 M, Params: 0.22 M", [("MFLOPs", 43.4)]),
        ("Params: 0.22M FLOPs: 43.40M", [("MFLOPs", 43.4)]),
        ("FLOPs: 0.0434 GFLOPs", [("MFLOPs", 43.4)]),
        ("ops=43396277.0", [("MFLOPs", 43396277)]),
        ("43.4 MFLOPs", [("MFLOPs", 43.4)]),
        ("MACs: 318.97 M => 43.40 M", [("MFLOPs", 43.4)]),
        ("MFLOPs: 318.97 -> 43.40", [("MFLOPs", 43.4)]),
        ("MFLOPs before: 318.97, after: 43.40", [("MFLOPs", 43.4)]),
        ("Original MFLOPs: 318.97, Pruned MFLOPs: 43.40", [("MFLOPs", 43.4)]),
        ("pruned model has accuracy=89.02%", [("accuracy", 89.02)]),
        ("pruned_model_accuracy: 0.9311", [("accuracy", 0.9311)]),
        ("Final accuracy after pruning: 91.2%", [("accuracy", 91.2)]),
        ("Accuracy on test set: 91.20 %", [("accuracy", 91.2)]),
        ("Test Acc: 92.3%", [("accuracy", 92.3)]),
        ("accuracy: tensor(0.9311)", [("accuracy", 0.9311)]),
        ("Accuracy(%): 91.3", [("accuracy", 91.3)]),
        ("Average loss: 0.3, Accuracy: 9217/10000 (92%)", [("accuracy", 0.9217)]),
        ("train_acc: 0.99, test_acc: 0.93", [("accuracy", 0.93)]),
    ],
)
def test_a_printed_number_is_found(line: str, found: Read) -> None:
    """In the forms that notebooks and libraries print."""
    assert read(line) == found


@pytest.mark.parametrize(
    "line",
    [
        "Original MFLOPs: 318.969098",
        "dense model has accuracy=96.3%",
        "accuracy before pruning: 96.3%",
        "original_accuracy=96.3",
        "  Iter 9/20, Accuracy: 0.93, MFLOPs: 123.96, Score: 22.08",
        "Epoch 10 Accuracy 92.95% / Best Accuracy: 92.95%",
        "[12/20] accuracy=0.9",
        "step 3: MFLOPs 120.1",
        "target accuracy: 0.92",
        "Score = (200 - MFLOPs)/(200-45)",
        "accuracy = 92.34/100",
        "accuracy: <0.92",
        "1.2 TFLOPs",
        "accuracy goes up",
    ],
)
@pytest.mark.parametrize("place", ["{}", "before\n{}\nafter"])
def test_a_number_of_another_network_is_none(line: str, place: str) -> None:
    """The original, one in training, a goal, a formula."""
    assert read(place.format(line)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "We reached 43.4 MFLOPs with an accuracy of 92.3%.",
            [("MFLOPs", 43.4), ("accuracy", 92.3)],
        ),
        ("The final score is 45.14/45 after 5 epochs.", [("score", 45.14)]),
        ("from 318.97 MFLOPs to 43.4 MFLOPs", [("MFLOPs", 43.4)]),
        ("accuracy drops from 96.3% to 92.1%", [("accuracy", 92.1)]),
        ("the original model has 96.3% accuracy; mine has 92.1% accuracy", [("accuracy", 92.1)]),
        ("| MFLOPs | 43.4 |", [("MFLOPs", 43.4)]),
        ("**44 MFLOPs** and **92.3%** accuracy", [("MFLOPs", 44.0), ("accuracy", 92.3)]),
        ("MFLOPs則是 37.99", [("MFLOPs", 37.99)]),
        ("- **MFLOPs**: 43.4", [("MFLOPs", 43.4)]),
        (
            "最後準確率為 92.3%，MFLOPs 約 43.4，分數 45.1",  # noqa: RUF001
            [("accuracy", 92.3), ("MFLOPs", 43.4), ("score", 45.1)],
        ),
        ("MFLOPs 從 318.97 降到 43.4", [("MFLOPs", 43.4)]),
        ("準確率達到92.31%，運算量降到 44 MFLOPs", [("accuracy", 92.31), ("MFLOPs", 44.0)]),  # noqa: RUF001
        ("剪枝前準確率 96.3%，剪枝後準確率 92.1%", [("accuracy", 92.1)]),  # noqa: RUF001
        ("accuracy beyond 0.92 won't contribute to a higher score!", []),
        ("the goal is 45 MFLOPs", []),
        ("fewer than 45 MFLOPs", []),
    ],
)
def test_prose_states_numbers_too(text: str, found: Read) -> None:
    """In English and Chinese, and of two numbers that of the final network."""
    assert read(text, prose=True) == found


@pytest.mark.parametrize(
    ("digits", "decimals"), [("44", 0), ("44.0", 1), ("0.9234", 4), ("4.34e1", 1), ("4e-3", 3)]
)
def test_the_written_digits_are_counted(digits: str, decimals: int) -> None:
    """They decide how exact a claim is."""
    assert decimals_of(digits) == decimals
    assert [each.decimals for each in stated(f"accuracy: {digits}")] == [decimals]


def test_words_of_another_network() -> None:
    """Alone or in a name with underscores."""
    assert of_another("base_macs")
    assert of_another("Epoch 3: ")
    assert not of_another("pruned_macs")


@pytest.mark.parametrize(
    "line",
    [
        "MFLOPs " * 140,
        "accuracy " + "a-" * 400,
        "MFLOPs " + "of " * 300,
        "1" * 900,
        "score" + " " * 900,
    ],
)
def test_a_hostile_text_takes_no_time(line: str) -> None:
    """No pattern goes back and forth."""
    started = time.process_time()
    list(stated("\n".join([line] * 200)))
    assert time.process_time() - started < 20


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_read(text: str, prose: bool) -> None:
    """Every number is one that the text has, and finite or too large to write."""
    for each in stated(text, prose):
        assert each.value >= 0
        assert each.decimals >= 0


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("=== After pruning ===\nMFLOPs: 43.4\n=== Before pruning ===\nMFLOPs: 300", [43.4]),
        ("Original model:\nAcc: 96.3%\nPruned model:\nAcc: 92.3%", [92.3]),
        ("Loading the original weights\nAcc: 92.3%", [92.3]),
    ],
)
def test_a_title_is_about_the_lines_below(text: str, values: list[float]) -> None:
    """Up to the next line without a digit."""
    assert [each.value for each in stated(text)] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("The accuracy dropped by 4%.", []),
        ("The accuracy only dropped 0.5 %.", []),
        ("準確率下降 4%", []),
        ("The accuracy dropped to 92.3%.", [92.3]),
        ("準確率下降到 92.3%", [92.3]),
        ("The accuracy drops from 96.3% to 92.3%.", [92.3]),
    ],
)
def test_a_difference_is_no_accuracy(text: str, values: list[float]) -> None:
    """The number behind `to` is one."""
    assert [each.value for each in stated(text, prose=True)] == values
