"""What evaluators are asked about: a hand-in as it lies unpacked, or its rebuilt network.

What is computed from the network is computed once, and only if asked for.
"""

from dataclasses import dataclass
from functools import cached_property

from grader.datasets.dataset import Labels, Pixels
from grader.datasets.registry import dataset_named
from grader.errors import HarnessError
from grader.evaluators.own_pass import program_logits
from grader.evaluators.submitted_pass import Answered, submitted_logits
from grader.evaluators.unpacked import UnpackedSubmission
from grader.inference import exact
from grader.inference.eager import Logits
from grader.networks.network import Network
from grader.networks.registry import family_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The test images: pixels uint8 (N, *shape), labels int64 (N,), and whether a sample."""

    pixels: Pixels
    labels: Labels
    is_sample: bool


@dataclass(frozen=True, kw_only=True)  # no slots: cached_property keeps its results in __dict__
class RebuiltSubmission(UnpackedSubmission):
    """A hand-in's rebuilt network, the images, and the way to run the one over the others."""

    network: Network
    images: Images

    @cached_property
    def program(self) -> bytes:
        """The network as an XNNPACK program, as ExecuTorch's exporter would make it."""
        spec = self.lab.network
        return family_named(spec.family).lower(self.network, spec.input_shape)

    @cached_property
    def program_logits(self) -> Logits:
        """The program's answers to all images, float32 (N, classes). Raises `HarnessError`."""
        return program_logits(self.program, self.images.pixels, self)

    @cached_property
    def submitted(self) -> Answered:
        """What the handed-in program answers to all images."""
        return submitted_logits(self.images.pixels, self)

    @cached_property
    def decided(self) -> exact.Decided:
        """PyTorch's class for every image, as the lab's loop decides it."""
        pixels, preprocessing = self.images.pixels, dataset_named(self.lab.dataset).preprocessing
        try:
            fast = self.program_logits
        except HarnessError:
            # accuracy.executorch reports the fault; PyTorch's accuracy does not depend on it.
            return exact.decide_eagerly(self.network, pixels, preprocessing)
        return exact.decide(self.network, pixels, preprocessing, fast)
