"""Compares the logits of a hand-in's own module with those of the network rebuilt from it."""

import math
from dataclasses import dataclass

import torch

from grader.errors import HarnessError
from grader.labs.network_lab import NetworkSpec
from grader.networks.description import Description
from grader.networks.network import Network, largest_difference
from grader.networks.probe_images import probe_images
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import Child, Isolation, run
from grader.types import SubmittedFile

ANSWER_LIMITS = SandboxLimits(wall_seconds=300, cpu_seconds=120, message_bytes=1 << 20)
IMAGES_COMPARED = 2
DIFFERENCE_TOLERATED = 1e-4  # of the largest logit; other batch sizes and CPUs move it by 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The largest difference, relative to the largest logit, or why the module did not run.

    `difference` is infinite if the logits cannot be compared. Both are None for a state_dict, which
    has no module of its own.
    """

    difference: float | None = None
    why_not_run: str | None = None

    @property
    def finite_difference(self) -> float | None:
        """The difference as JSON can hold it."""
        return self.difference if self.difference != math.inf else None

    @property
    def result(self) -> str:
        """The result for the evidence."""
        if self.why_not_run is not None:
            return f"did not run: {self.why_not_run}"
        if self.difference is None:
            return "a state_dict has none of its own"
        return "agree" if self.difference <= DIFFERENCE_TOLERATED else "differ"

    @property
    def doubt(self) -> str | None:
        """What a person should know, None if the logits agree."""
        if self.why_not_run is not None:
            return f"the model could not be run as it was handed in: {self.why_not_run}"
        if self.difference is None or self.difference <= DIFFERENCE_TOLERATED:
            return None
        if not math.isfinite(self.difference):
            return "the model's own logits cannot be compared with the rebuilt network's"
        return (
            f"the model's own logits differ from the rebuilt network's by {self.difference:.2g} "
            "of the largest logit: more than layer widths was changed"
        )


def compare(
    checkpoint: SubmittedFile,
    description: Description,
    network: Network,
    spec: NetworkSpec,
    isolation: Isolation,
) -> Comparison:
    """Run the module of `checkpoint` in a child, and compare its logits with those of `network`.

    Raises `HarnessError` if this machine interrupted the child, or if it sent no logits.
    """
    if description.kind == "state_dict":
        return Comparison()
    settings = {
        "family": spec.family,
        "found_at": description.found_at,
        "seed": int(checkpoint.sha256[:12], 16),
        "images": IMAGES_COMPARED,
        "input_shape": list(spec.input_shape),
    }
    child = Child(
        program="answer", inputs=(checkpoint.path,), settings=settings, limits=ANSWER_LIMITS
    )
    outcome = run(child, isolation)
    if outcome.interrupted:
        raise HarnessError(f"Running {checkpoint.name} was interrupted: it {outcome.ending}.")
    if not outcome.ended_well:
        died = outcome.stopped or outcome.killed_by
        return Comparison(
            why_not_run=outcome.ending if died else (outcome.error_line or outcome.ending)
        )
    answers = read_message(outcome.message)[1].get("logits")
    if answers is None or answers.dtype != torch.float32:
        raise HarnessError("The sandbox child sent no logits of the hand-in's own model.")
    return Comparison(difference=largest_difference(network, probe_images(settings), answers))
