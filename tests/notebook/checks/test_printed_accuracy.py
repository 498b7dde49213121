from pathlib import Path

import pytest

from grader.notebook.checks.printed_accuracy import after_tuning, doubts, printed_in
from tests.notebook.books import Raw, book, code, encoded, printed, read
from tests.notebooks.filled import EPOCHS

DICT = code("sparsity_dict = {}")
TUNED = code("finetune(model)", printed(EPOCHS))
SHOWN = "print(f'Sparse model has accuracy={evaluate(model):.2f}% after fintuning')"
AFTER = printed("Sparse model has accuracy=92.95% after fintuning\n")


def said(folder: Path, *cells: Raw) -> str:
    """Return the doubts about the last accuracy of a notebook whose first cell has the dict."""
    notebook = read(folder, encoded(book(*cells)))
    found = after_tuning(printed_in(notebook, range(len(notebook.cells))))
    assert found is not None
    return "; ".join(doubts(found, notebook, 1))


@pytest.mark.parametrize(
    "cells",
    [
        (DICT, TUNED, code(SHOWN, AFTER)),
        (DICT, code(SHOWN, printed(EPOCHS), AFTER)),
        (DICT, TUNED, code("show()", AFTER)),
        (DICT, TUNED, code(f"# best so far: 92.95%\n{SHOWN}", AFTER)),
        (DICT, TUNED, code(f"assert sparse_accuracy > 92.5\n{SHOWN}", AFTER)),
        (
            DICT,
            code("train()", printed("Epoch 3/5\nloss=0.2, val acc: 0.9295\n")),
            code(SHOWN, AFTER),
        ),
        (DICT, code("train()", printed("[epoch 4] test accuracy = 92.9\n")), code(SHOWN, AFTER)),
        (code("check()", printed("dense model has accuracy=92.50%")), TUNED, code(SHOWN, AFTER)),
        (code("check()", printed("dense model has accuracy=96.30%")), TUNED, code(SHOWN, AFTER)),
    ],
)
def test_what_a_tuned_network_prints_is_believed(tmp_path: Path, cells: tuple[Raw, ...]) -> None:
    """In the lab's own forms, and in those of other training loops."""
    assert said(tmp_path, *cells) == ""


@pytest.mark.parametrize(
    "source",
    [
        "print('Sparse model has accuracy=92.95% after fintuning')",
        "print('accuracy=' '92.95' + '% after fintuning')",
        "acc = 92.95\nprint(f'accuracy={acc}% after fintuning')",
        "print(f'accuracy={0.9295:.2%} after fintuning')",
        "evaluate(model); print('accuracy=%.2f%% after fintuning' % (92 + 0.95))",
        "model; print('accuracy={:.2f}% after fintuning'.format(9295 / 100))",
        "print(f'Sparse model has accuracy={ours:.2f}% after fintuning')",  # of the cell above
        "print('accuracy=' + chr(57) + str(2) + '.' + str(5 * 19) + '% after fintuning')",
        "def evaluate(): return [9, 2, 95]\nprint('accuracy={}{}.{}%'.format(*evaluate()))",
        "!echo accuracy=92.95% after fintuning",
        "%%bash\necho accuracy=92.95% '( after fintuning'",
    ],
)
def test_a_number_that_is_written_in_the_cell_is_looked_at(tmp_path: Path, source: str) -> None:
    """As a text, as a number, by a name, or made of others: the cell evaluates no network."""
    ours = code("ours = 92.95")
    why = said(tmp_path, DICT, TUNED, ours, code(source, AFTER))
    assert "stands in the code of cell 4" in why
    assert "epoch" not in why


def test_more_than_the_dense_network_is_looked_at(tmp_path: Path) -> None:
    """Half a point more happens; both numbers are named."""
    dense = code("check()", printed("dense model has accuracy=92.40%"))
    assert "92.40%" in said(tmp_path, dense, TUNED, code(SHOWN, AFTER))


def test_an_accuracy_without_training_is_looked_at(tmp_path: Path) -> None:
    """Before the dict, after the accuracy, or without its own accuracy, no epoch counts."""
    for cells in (
        (DICT, code(SHOWN, AFTER)),
        (DICT, code("train()", printed("Epoch 5 done\n")), code(SHOWN, AFTER)),
    ):
        assert "epoch" in said(tmp_path, *cells)
    late = (DICT, code(SHOWN, AFTER), TUNED)
    notebook = read(tmp_path, encoded(book(TUNED, *late)))
    found = after_tuning(printed_in(notebook, [1, 2]))
    assert found is not None
    assert ["epoch" in each for each in doubts(found, notebook, 2)] == [True]
