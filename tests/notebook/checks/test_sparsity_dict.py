from pathlib import Path

import pytest

from grader.errors import Skip
from grader.evaluators.questions import measure_question
from grader.labs.kinds import network_lab
from grader.notebook.checks.sparsity_dict import weights
from grader.types import Finding, Status
from tests.notebook.books import code, opened
from tests.notebooks.answers import boxed, held, located
from tests.notebooks.filled import EPOCHS, SPARSITY, Book, honest
from tests.notebooks.points import measured, points, question

pytestmark = pytest.mark.system


def of_all(value: str) -> tuple[str, ...]:
    """The lines of a dict of one sparsity for all layers."""
    return tuple(f"    '{name}': {value}," for name in weights(network_lab().network))


@boxed
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (of_all("0.77"), 10),
        (of_all("1 - 0.23"), 10),
        (of_all("0.5"), 6),  # too large
        (of_all("0.77")[1:], 8),  # a name is missing
        ((*of_all("0.77"), "    'backbone.conv0.weight': 0.5,"), 8),
        (("    'features.0.0.weight': 1.77,", *of_all("0.77")[1:]), 8),
        (of_all("1.77"), None),  # no weight is left, and an accuracy was printed
        (("    name: 0.77 for name in names",), None),
    ],
    ids=["right", "arithmetic", "too large", "missing", "unknown", "above 1", "nothing", "by code"],
)
def test_question_5_is_read_as_data(
    tmp_path: Path, lines: tuple[str, ...], expected: float | None
) -> None:
    """Names, size and the printed accuracy each have their points; code is a person's to judge."""
    book = honest().sparsity(*lines).prints("pruner = FineGrained", "")
    assert points(measured(tmp_path, book.bytes()))["5"] == expected


@boxed
def test_question_5_takes_the_accuracy_that_was_printed_last(tmp_path: Path) -> None:
    """Before fine-tuning does not count, Part 2's is another's, and none at all is no zero."""
    late = honest().prints("finetune(model", "").prints("print(MFLOPs)", "accuracy=93.10%\n")
    before = late.prints(
        "pruner = FineGrained", "Sparse model has accuracy=92.9% before fine-tuning"
    )
    found = question(measured(tmp_path, before.bytes()), "5")
    assert found.status is Status.SKIPPED
    assert found.evidence["held"] == ["names", "size"]
    low = honest().prints("finetune(model", "accuracy=92.50%\n")
    assert points(measured(tmp_path, low.bytes()))["5"] == 6


@boxed
def test_a_size_that_was_printed_by_other_numbers_is_looked_at(tmp_path: Path) -> None:
    """The dict was changed after it was run."""
    book = honest().prints("pruner = FineGrained", "= 20.00% of dense model size\n")
    review = question(measured(tmp_path, book.bytes()), "5").review
    assert review
    assert "20.00%" in review
    assert "24.17%" in review


@pytest.mark.parametrize(
    "line",
    [
        "Sparse model has accuracy=92.95% after fine-tuning",
        "accuracy=92.95",
        "accuracy = 0.9295",
        "Test Acc: 92.95%",
        "Sparse accuracy=92.95%\nDense model has accuracy=96.3%",
        "epoch 5: train accuracy=99.1%, test accuracy: 92.95%".replace("train accuracy", "loss"),
    ],
)
def test_the_accuracy_of_question_5_is_read_in_many_forms(tmp_path: Path, line: str) -> None:
    """In percent or as a fraction, and never another network's."""
    assert held(tmp_path, honest().prints("finetune(model", EPOCHS + line), "5") == 3
    low = line.replace("92.95", "91.95").replace("0.9295", "0.9195")
    hand_in = opened(tmp_path, honest().prints("finetune(model", low).bytes())
    question = next(each for each in hand_in.lab.questions if each.id == "5")
    with pytest.raises(Exception, match=r"91\.95%"):
        measure_question(hand_in, question)


@pytest.mark.parametrize(
    "change",
    [
        "for name in sparsity_dict:\n    sparsity_dict[name] = 0.77",
        "sparsity_dict.update({'features.0.0.weight': 0.5})",
        "del sparsity_dict['features.0.0.weight']",
    ],
)
@pytest.mark.parametrize("filled", [True, False])
def test_a_dict_that_a_later_cell_changes_is_for_a_person(
    tmp_path: Path, change: str, filled: bool
) -> None:
    """Of what is written only running it tells, be the dict as given or filled in."""
    book = honest() if filled else Book()
    book.insert(book.at("sparsity_dict = {") + 1, code(change))
    assert located(tmp_path, book, "5").state == "answered"
    assert held(tmp_path, book, "5") is None


def test_numbers_that_do_not_agree_are_for_a_person(tmp_path: Path) -> None:
    """The dict is too large, and what was printed says that it was another when it was run."""
    lines = (
        line.replace(str(SPARSITY), "0.5")
        for line in honest().source(honest().at("sparsity_dict = {")).splitlines()[1:-1]
    )
    assert held(tmp_path, honest().sparsity(*lines), "5") is None


def test_a_network_of_hardly_any_weights_is_looked_at(tmp_path: Path) -> None:
    """Nobody gets above the goal with 1 % of the weights; with 3 % the number is read."""
    book = honest().prints("pruner = FineGrained", "")
    for sparsity, expected in (("0.99", None), ("0.97", 3)):
        assert held(tmp_path, book.sparsity(*of_all(sparsity)), "5") == expected
    with pytest.raises(Skip, match=r"0\.10% of the weights"):
        judged(tmp_path, book.sparsity(*of_all("0.999")))


def test_all_that_a_person_should_look_at_is_named(tmp_path: Path) -> None:
    """A small network, a written number, and no epoch, together."""
    book = honest().prints("pruner = FineGrained", "").sparsity(*of_all("0.999"))
    book.write(book.at("finetune(model"), "print('accuracy=99.99%')")
    book.prints("print('accuracy", "accuracy=99.99%")
    with pytest.raises(Skip) as skip:
        judged(tmp_path, book)
    for word in ("99.99 stands in the code", "epoch", "of the weights", "above the dense"):
        assert word in skip.value.reason
    assert skip.value.evidence["held"] == ["names", "size", "printed-accuracy"]


def judged(folder: Path, book: Book) -> Finding:
    """Return what is found of question 5."""
    hand_in = opened(folder, book.bytes())
    question = next(each for each in hand_in.lab.questions if each.id == "5")
    return measure_question(hand_in, question)
