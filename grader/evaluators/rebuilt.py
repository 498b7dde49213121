"""A hand-in with its rebuilt network, which the evaluators measure.

Results that several evaluators need are computed once, at their first use.
"""

from dataclasses import dataclass
from functools import cached_property

import torch

from grader.datasets.dataset import Labels, Pixels
from grader.datasets.registry import dataset_named
from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.own_pass import IMAGES_COMPARING, program_logits
from grader.evaluators.submitted_pass import SubmittedPass, run_submitted
from grader.evaluators.unpacked import UnpackedSubmission
from grader.inference import exact
from grader.inference.draw import draw
from grader.inference.eager import Logits
from grader.inference.operations import count
from grader.inference.xnnpack import require_executorch
from grader.networks.network import Network
from grader.networks.registry import family_named

LARGEST = 8  # times the unpruned network's operations; a hand-in should have fewer than once


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The test images: pixels uint8 (N, *shape), labels int64 (N,); `is_sample` if not all."""

    pixels: Pixels
    labels: Labels
    is_sample: bool


@dataclass(frozen=True, kw_only=True)  # no slots: cached_property keeps its results in __dict__
class RebuiltSubmission(UnpackedSubmission):
    """A hand-in's rebuilt network, the test images, and the logits of its programs on them.

    `has_own_module` is True if the hand-in's own module is run beside the first measurements.
    """

    network: Network
    images: Images
    has_own_module: bool = False

    def _check_size(self) -> None:
        """Raise `Fault` if the network is so large that its passes would take hours."""
        shape = self.lab.network.input_shape
        mflops = count(self.network.module, torch.zeros(1, *shape))[0] / 1e6
        unpruned = self.lab.network.unpruned_mflops
        if mflops > LARGEST * unpruned:
            raise Fault(
                "The network is too large to be run on the test images.",
                help="Prune the lab's network; do not make its layers wider.",
                expected=f"at most {LARGEST} times the lab's network, {LARGEST * unpruned:,.0f} "
                "million multiply-adds for an image",
                actual=f"{mflops:,.0f} million",
            )

    @cached_property
    def program(self) -> bytes:
        """The network as an XNNPACK program, as ExecuTorch's exporter would make it.

        Raises `Skip` without ExecuTorch.
        """
        require_executorch()
        spec = self.lab.network
        return family_named(spec.family).lower(self.network, spec.input_shape)

    @cached_property
    def program_logits(self) -> Logits:
        """The program's logits for all images, float32 (N, classes).

        Raises `HarnessError`, `Fault` if the network is too large, and `Skip` without ExecuTorch.
        """
        self._check_size()
        beside = IMAGES_COMPARING if self.has_own_module else 0
        return program_logits(self.program, self.images.pixels, self, beside)

    @cached_property
    def submitted(self) -> SubmittedPass:
        """The handed-in program's pass over all images."""
        return run_submitted(self.images.pixels, self)

    @cached_property
    def decided(self) -> exact.Decided:
        """PyTorch's class for every image, as the lab's loop decides it.

        Raises `Fault` if the network is too large, `HarnessError` if it takes too long.
        """
        pixels, preprocessing = self.images.pixels, dataset_named(self.lab.dataset).preprocessing
        try:
            fast = self.program_logits
        except HarnessError:
            # accuracy.executorch reports the fault; PyTorch's accuracy does not depend on it.
            return exact.decide_eagerly(self.network, pixels, preprocessing)
        except Skip as skip:
            return exact.decide_eagerly(self.network, pixels, preprocessing, skip.reason)
        drawn = draw(len(pixels), self.random("images that eager decides"))
        return exact.decide(self.network, pixels, preprocessing, fast, drawn)
