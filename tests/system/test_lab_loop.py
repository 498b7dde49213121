"""Not one image's class differs from the lab's own loop, on the real checkpoints at hand.

`lab_answers/NAME.npy` holds the loop's class for each of the 10,000 images, uint8, as
`python -m benchmarks.lab_loop CHECKPOINT TEST_BATCH ANSWERS` wrote them on two cores of an x86-64
processor with AVX-512, under Linux, with torch 2.13.0, torchvision 0.28.0 and Pillow 12.3.0. On
another machine the loop itself may round a near tie the other way: an image on which we differ is
run through the lab's batch here, and that answer counts.
"""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.engines import opened
from grader.datasets.cifar10 import TestSet
from grader.evaluators.lineage import measure_lineage
from grader.inference.eager import LAB_BATCH, lab_logits

ROOT = Path(__file__).parents[2]
ANSWERS = Path(__file__).with_name("lab_answers")
CASES = ROOT.parent / "shared" / "cases"
CHECKPOINTS = {
    "reference": ROOT / "reference" / "solution" / "model" / "mobilenet.pth",
    "case-a": CASES / "case-a.pth",
    "case-b": CASES / "case-b.pth",
}
TIES = 5  # so many images may hang on a processor's rounding; more would be a bug of ours

pytestmark = [pytest.mark.slow, pytest.mark.system]


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_every_class_is_the_labs(name: str, full_test_set: TestSet, tmp_path: Path) -> None:
    """10,000 images by the lab's loop and by the grader's fast pass: 0 differ."""
    checkpoint = CHECKPOINTS[name]
    if not checkpoint.is_file():
        pytest.skip(f"{checkpoint.name} is not beside the checkout")
    subject, _ = measure_lineage(opened(checkpoint, tmp_path), full_test_set)
    lab = np.load(ANSWERS / f"{name}.npy").astype(np.int64)
    classes = subject.decided.classes
    differing = np.flatnonzero(classes != lab)
    assert len(differing) <= TIES
    for number in differing:
        start = number // LAB_BATCH * LAB_BATCH
        batch = lab_logits(subject.network, subject.images.pixels[start : start + LAB_BATCH])
        assert classes[number] == batch[number - start].argmax(), number
