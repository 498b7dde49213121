"""The lab's class for every image, at the speed of a faster engine.

The fast engine's logits decide an image only if the margin between the two best classes is larger
than a guard, which is larger than the engine's possible error. The guard starts far above any error
seen. The error is measured on the first batch of each network, and the guard grows with it. The
eager network decides every other image. If its own margin is very small, the lab's batch of 64
decides, because its rounding is the lab's.

The lab's own loop decides all images where the engines may differ by more than rounding: if the
network's numbers may be very large (`magnitudes`), or if the fast engine is further from eager than
the guard allows on one of the images drawn at random (`draw`).

The limit: if an engine is wrong by more than the guard on very few images, and none of them is in
the first batch or drawn, their wrong classes are kept.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.datasets.dataset import Pixels, Preprocessing
from grader.inference.eager import LAB_BATCH, Logits, fast_logits, lab_logits
from grader.inference.magnitudes import LARGEST, largest_magnitude
from grader.inference.preprocess import batches
from grader.inference.runnable import Runnable
from grader.inference.time_limit import TimeLimit

GUARD = 1e-2  # in logits; XNNPACK's largest known distance from eager is 5e-5
WIDENING = 50.0  # the guard is at least this many times the error on the first batch
TIE = 1e-4  # a near tie's margin; eager's logits change by 1e-6 of the largest with the batch size
# The reasons for which the eager network decides all images.
LARGE = "its weights or statistics may overflow"
DIFFERENT = "the fast engine differs on an image drawn at random"
NO_ENGINE = "the fast engine cannot run it"

Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The class of every image, as the lab's loop over the whole test set gives it.

    `decided_again` counts the images that the eager network decided because of their margin, or all
    if it decided all for the reason `all_because`; `largest_error` is the fast engine's distance
    from eager on the first batch, in logits.
    """

    classes: Classes
    guard: float
    largest_error: float
    decided_again: int
    all_because: str | None = None


@np.errstate(invalid="ignore")  # infinity minus infinity is NaN, and is not trusted
def margins(logits: Logits) -> NDArray[np.float32]:
    """Return the difference between the two largest logits: float32 of shape (N,)."""
    best = np.partition(logits, -2, axis=1)
    difference: NDArray[np.float32] = best[:, -1] - best[:, -2]
    return difference


@np.errstate(invalid="ignore")  # the same
def decide(
    network: Runnable, pixels: Pixels, preprocessing: Preprocessing, fast: Logits, drawn: Classes
) -> Decided:
    """Return the lab's class for every image of `pixels`, given a fast engine's logits `fast`.

    The images of the numbers `drawn` are also decided by the eager network, to check the engine.
    Raises `HarnessError` if the eager network needs more time than its `TimeLimit`.
    """
    limit = TimeLimit(network, len(pixels), preprocessing)
    if not largest_magnitude(network, preprocessing) <= LARGEST:
        return _decide_as_the_lab(network, pixels, preprocessing, LARGE, limit)
    first = lab_logits(network, pixels[:LAB_BATCH], preprocessing, limit)
    error = float(np.abs(first - fast[:LAB_BATCH]).max())
    guard = max(GUARD, WIDENING * error) if np.isfinite(error) else float("inf")
    checked = fast_logits(network, pixels[drawn], preprocessing, limit=limit)
    # An error of half the guard on both of the best classes changes their margin by the guard.
    if not np.abs(checked - fast[drawn]).max() <= guard / 2:  # true for NaN as well
        return _decide_as_the_lab(network, pixels, preprocessing, DIFFERENT, limit)
    classes = fast.argmax(axis=1)
    # An infinite logit has an infinite margin, above any guard, so it is checked separately.
    trusted = np.isfinite(fast).all(axis=1) & (margins(fast) > guard)
    unsure = np.flatnonzero(~trusted)
    if len(unsure):
        classes[unsure] = _eager_classes(network, pixels, preprocessing, unsure, limit)
    classes[:LAB_BATCH] = first.argmax(axis=1)
    return Decided(classes=classes, guard=guard, largest_error=error, decided_again=len(unsure))


def decide_eagerly(
    network: Runnable, pixels: Pixels, preprocessing: Preprocessing, because: str = NO_ENGINE
) -> Decided:
    """Return the lab's class for every image of `pixels`, without a fast engine.

    `because` says why there is none.
    Raises `HarnessError` if the network needs more time than its `TimeLimit`.
    """
    limit = TimeLimit(network, len(pixels), preprocessing)
    classes = _eager_classes(network, pixels, preprocessing, np.arange(len(pixels)), limit)
    return _all(classes, because)


def _decide_as_the_lab(
    network: Runnable, pixels: Pixels, preprocessing: Preprocessing, because: str, limit: TimeLimit
) -> Decided:
    """Decide in the lab's own batches: with very large numbers even their size matters."""
    parts = [
        lab_logits(network, part, preprocessing, limit).argmax(axis=1)
        for _, part in batches(pixels, LAB_BATCH)
    ]
    return _all(np.concatenate(parts), because)


def _all(classes: Classes, because: str) -> Decided:
    return Decided(
        classes=classes,
        guard=float("inf"),
        largest_error=0.0,
        decided_again=len(classes),
        all_because=because,
    )


def _eager_classes(
    network: Runnable,
    pixels: Pixels,
    preprocessing: Preprocessing,
    numbers: Classes,
    limit: TimeLimit,
) -> Classes:
    logits = fast_logits(network, pixels[numbers], preprocessing, limit=limit)
    classes: Classes = logits.argmax(axis=1)
    clear = TIE * np.maximum(1, np.abs(logits).max(axis=1))
    ties = np.flatnonzero(~(margins(logits) >= clear))  # true for NaN as well
    for start in sorted({int(numbers[tie]) // LAB_BATCH * LAB_BATCH for tie in ties}):
        whole = pixels[start : start + LAB_BATCH]
        batch = lab_logits(network, whole, preprocessing, limit).argmax(axis=1)
        inside = (numbers >= start) & (numbers < start + LAB_BATCH)
        classes[inside] = batch[numbers[inside] - start]
    return classes
