"""Not one image's class differs from the lab's own loop, on the real checkpoints at hand.

`lab_answers/NAME.npy` holds the loop's class for each of the 10,000 images, uint8, as
`python -m benchmarks.lab_loop CHECKPOINT TEST_BATCH ANSWERS` wrote them on two cores of an x86-64
processor with AVX-512, under Linux, with torch 2.13.0, torchvision 0.28.0 and Pillow 12.3.0. On
another machine the loop itself may round a near tie the other way: an image on which we differ is
run through the lab's batch here, and that answer counts.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.engines import unpacked
from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import TestSet
from grader.evaluators.accuracy import measure_accuracy
from grader.evaluators.lineage import rebuild_submission
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.inference.eager import LAB_BATCH, lab_logits
from tests.places import REFERENCE

ANSWERS = Path(__file__).with_name("lab_answers")
SOLUTION = REFERENCE / "solution" / "model" / "mobilenet.pth"
GOLDEN = json.loads((REFERENCE / "golden.json").read_text())
TIES = 5  # so many images may hang on a processor's rounding; more would be a bug of ours

pytestmark = [pytest.mark.slow, pytest.mark.system]


def test_every_class_of_the_reference_is_the_labs(full_test_set: TestSet, tmp_path: Path) -> None:
    """The solution that the project ships; its golden count, too."""
    subject = check_classes("reference", SOLUTION, full_test_set, tmp_path)
    accuracy = measure_accuracy(subject)
    assert accuracy.evidence["correct"] == GOLDEN["correct"]["test_set"]
    assert accuracy.evidence["total"] == 10_000


@pytest.mark.parametrize("name", ["case-a", "case-b"])
def test_every_class_is_the_labs(
    name: str, cases: Path, full_test_set: TestSet, tmp_path: Path
) -> None:
    """Real hand-ins."""
    check_classes(name, cases / f"{name}.pth", full_test_set, tmp_path)


def check_classes(
    name: str, checkpoint: Path, full_test_set: TestSet, tmp_path: Path
) -> RebuiltSubmission:
    """10,000 images by the lab's loop and by the grader's fast pass: 0 differ."""
    subject = rebuild_submission(unpacked(checkpoint, tmp_path), full_test_set).rebuilt
    lab = np.load(ANSWERS / f"{name}.npy").astype(np.int64)
    classes = subject.decided.classes
    differing = np.flatnonzero(classes != lab)
    assert len(differing) <= TIES
    for number in differing:
        start = number // LAB_BATCH * LAB_BATCH
        batch = lab_logits(
            subject.network, subject.images.pixels[start : start + LAB_BATCH], CIFAR10.preprocessing
        )
        assert classes[number] == batch[number - start].argmax(), number
    return subject
