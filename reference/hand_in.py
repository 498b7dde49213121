"""Completes the hand-in: writes program, runner and notebook beside the checkpoint."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import torch
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from torch import nn

from grader.inference.exporter import export
from reference.network import Widths

RUNNER = Path(__file__).with_name("xnn_executor_runner")
APPROACH = (
    "A network that is narrow where the maps are large, since a 32x32 image upsampled to 224x224 "
    "holds nothing at 112x112 and 56x56 that its pixels do not: features.0 to 2 hand the three "
    "colours through. It was trained from scratch at 40 and 56 pixels without that front, then "
    "pruned in steps with Torch-Pruning: groups of channels ranked by their Fisher worth per FLOP, "
    "fine-tuned in between against the unpruned network's answers, and last at 224 pixels."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exported:
    module: nn.Module


def complete(folder: Path, widths: Widths) -> tuple[Path, ...]:
    """Write the other three files of the lab's first form beside `model/mobilenet.pth`.

    The program is exported from the checkpoint as saved, so that both are the same network. Returns
    the paths written.
    """
    checkpoint = folder / "model" / "mobilenet.pth"
    network = torch.load(checkpoint, map_location="cpu", weights_only=False).eval()
    program = checkpoint.with_suffix(".pte")
    program.write_bytes(export(_Exported(module=network), (3, 224, 224)))
    runner = folder / RUNNER.name
    shutil.copy2(RUNNER, runner)
    page = folder / f"{folder.name}.ipynb"
    page.write_text(nbformat.writes(notebook(widths)), encoding="utf-8")
    return program, runner, page


def notebook(widths: Widths) -> nbformat.NotebookNode:
    """Part 2 of the lab's notebook, filled in."""
    cells = [
        new_markdown_cell("# Lab 2: Prune MobileNet"),
        new_markdown_cell("## Part 2: Channel pruning using Torch-Pruning"),
        new_markdown_cell("Widths left: the stem, [hidden, output] of each block, the last layer."),
        new_code_cell(f"widths = {widths.as_lists()}"),
        new_markdown_cell(f"## Describe your approach\n\n**Your Answer:** {APPROACH}"),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # nbformat's ids are random: equal runs would differ
    return new_notebook(cells=cells)
