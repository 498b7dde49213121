"""The files beside the checkpoint."""

from pathlib import Path

import nbformat
import torch

from grader.intake import receive
from grader.labs.kinds import network_lab
from grader.types import Status
from reference.export import write_checkpoint
from reference.hand_in import complete, notebook
from reference.network import build, widths_of
from tests.reference.networks import SMALL


def test_a_completed_folder_is_a_hand_in_of_the_first_form(tmp_path: Path) -> None:
    """Checkpoint, program, runner and notebook are where the lab wants them."""
    folder = tmp_path / "B1"
    torch.manual_seed(0)
    network = build(SMALL).eval()
    write_checkpoint(network, folder / "model" / "mobilenet.pth")
    complete(folder, widths_of(network))
    submission, measurements = receive(folder, tmp_path / "work", network_lab())
    assert [each.status for each in measurements] == [Status.PASSED] * 2
    assert submission.layout == "first"


def test_the_notebook_is_valid_and_equal_for_equal_widths() -> None:
    """Equal runs give equal bytes, and nbformat accepts them."""
    pages = [nbformat.writes(notebook(SMALL)) for _ in range(2)]
    assert pages[0] == pages[1]
    nbformat.validate(nbformat.reads(pages[0], as_version=4))
