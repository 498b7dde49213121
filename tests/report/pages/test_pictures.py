import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import TestSet
from grader.evidence import ids
from grader.report.pages.pictures import images_of, mistakes
from grader.types import Json, Report
from tests.report.examples import passed


def sample() -> TestSet:
    """The sample of the test set that is shipped with the grader."""
    return CIFAR10.verify(CIFAR10.sample_path())


def wrong(*pairs: Json) -> Report:
    """A report measured on the sample, with these misclassified images."""
    report = passed("B1", 44.0, 9300, 0.4)
    made = tuple(
        replace(each, evidence={**each.evidence, "misclassified": list(pairs)})
        if each.id == ids.ACCURACY
        else each
        for each in report.measurements
    )
    known = sample()
    provenance = replace(report.provenance, data_sha256=known.sha256, data_images=known.images)
    return replace(report, measurements=made, provenance=provenance)


def test_an_image_is_shown_with_both_its_classes() -> None:
    """The embedded picture is equal to the test set's image, pixel by pixel."""
    pixels, labels = CIFAR10.read(sample())
    (found,) = mistakes(wrong([7, 3]), CIFAR10, sample())
    assert (found.number, found.answered) == (7, CIFAR10.classes[3])
    assert found.true == CIFAR10.classes[labels[7]]
    head, _, encoded = found.picture.partition(",")
    assert head == "data:image/png;base64"
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))))
    assert (shown == pixels[7].transpose(1, 2, 0)).all()


def test_other_images_are_listed_without_pictures() -> None:
    """The test set is missing, or is not the one of the measurement."""
    other = replace(sample(), sha256="0" * 64)
    for images in (None, other):
        (found,) = mistakes(wrong([7, 3]), CIFAR10, images)
        assert (found.number, found.answered, found.true, found.picture) == (
            7,
            CIFAR10.classes[3],
            "",
            "",
        )


@pytest.mark.parametrize(
    "pair", [[-1, 3], [1_000, 3], [7, 10], [7, -1], [7], [7, 3, 1], ["7", 3], 7, None]
)
def test_evidence_of_another_form_shows_nothing(pair: Json) -> None:
    """Such evidence is in an old report or in an edited one."""
    assert mistakes(wrong(pair), CIFAR10, sample()) == ()


def test_the_test_set_is_looked_up_only_if_needed() -> None:
    """The sample is found by its hash; a class without mistakes needs no test set."""
    assert images_of([wrong()], CIFAR10) is None
    found = images_of([wrong([7, 3])], CIFAR10)
    assert found is not None
    assert found.sha256 == sample().sha256
    elsewhere = wrong([7, 3])
    provenance = replace(elsewhere.provenance, data_sha256="0" * 64)
    assert images_of([replace(elsewhere, provenance=provenance)], CIFAR10) is None
