"""The checkpoint that a stage writes after each epoch, completely or not at all."""

import contextlib
import io
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from grader.errors import GraderError
from reference.network import Widths


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a stage after `epoch` epochs; later stages start from `average`.

    `average` are the averaged weights.
    """

    fingerprint: str
    stage: str
    epoch: int
    done: bool
    widths: Widths
    weights: dict[str, Tensor]
    average: dict[str, Tensor]
    optimiser: dict[str, Any]
    random: Tensor
    history: tuple[dict[str, Any], ...]

    @classmethod
    def blank(cls, fingerprint: str, widths: Widths, average: dict[str, Tensor]) -> "Checkpoint":
        """A checkpoint before anything was trained, for runs that keep no optimiser."""
        return cls(
            fingerprint=fingerprint,
            stage="",
            epoch=0,
            done=False,
            widths=widths,
            weights={},
            average=average,
            optimiser={},
            random=torch.empty(0),
            history=(),
        )


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Write the checkpoint; the previous one stays until this one is complete on the disk.

    Raises:
        GraderError: the disk is full or the folder cannot be written to.

    """
    content = {name: getattr(checkpoint, name) for name in Checkpoint.__slots__}
    content["widths"] = checkpoint.widths.as_lists()
    content["history"] = list(checkpoint.history)
    buffer = io.BytesIO()
    torch.save(content, buffer)
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise GraderError(
            f"cannot write {path}: {error}", help="The previous checkpoint is intact."
        ) from error


def load(path: Path, *, fingerprint: str) -> Checkpoint:
    """Read a checkpoint of this recipe.

    Raises:
        GraderError: it is damaged, or a different recipe or seed wrote it.

    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise GraderError(
            f"{path} is damaged: {error}", help="Delete it to train its stage again."
        ) from error
    if not isinstance(content, dict) or set(content) != set(Checkpoint.__slots__):
        raise GraderError(f"{path} is not a checkpoint of this program")
    if content["fingerprint"] != fingerprint:
        raise GraderError(
            f"{path} belongs to another run: its recipe or seed differs",
            help="Use another --run folder, or delete the file to train the stage again.",
        )
    content["widths"] = Widths.from_lists(content["widths"])
    content["history"] = tuple(content["history"])
    return Checkpoint(**content)
