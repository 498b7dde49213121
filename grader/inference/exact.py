"""The lab's answer for every image, at the speed of a faster engine.

The fast engine's logits decide an image only where the two best classes are further apart than its
error could be. The guard on that margin starts far above any error seen, is checked on the first
batch of each network, and widens with the error found there. Every other image is decided by the
eager network, and a near tie there by the lab's own batch of 64, whose rounding is the lab's.

The limit: an engine that is right on the first batch, and wrong by more than the guard on a later
image, is believed there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.datasets.dataset import Pixels, Preprocessing
from grader.inference.eager import LAB_BATCH, Logits, fast_logits, lab_logits
from grader.inference.runnable import Runnable

GUARD = 1e-2  # XNNPACK's logits were never seen further than 5e-5 from eager's
WIDENING = 50.0  # how many times the error seen on the first batch the guard is, at least
TIE = 1e-4  # eager's own logits move by 1e-6 of the largest with the batch size; at least this

Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The class of every image, as the lab's loop over the whole set gives it.

    `decided_again` counts the images that the fast engine was not trusted with; `largest_error` is
    its distance from eager on the first batch, in logits.
    """

    classes: Classes
    guard: float
    largest_error: float
    decided_again: int


@np.errstate(invalid="ignore")  # the distance of infinity from infinity is NaN, which is no answer
def margins(logits: Logits) -> NDArray[np.float32]:
    """The distance between the two best classes: float32 of shape (N,)."""
    best = np.partition(logits, -2, axis=1)
    difference: NDArray[np.float32] = best[:, -1] - best[:, -2]
    return difference


@np.errstate(invalid="ignore")  # the same
def decide(
    network: Runnable, pixels: Pixels, preprocessing: Preprocessing, fast: Logits
) -> Decided:
    """The lab's class for every image of `pixels`, given a fast engine's logits for them."""
    first = lab_logits(network, pixels[:LAB_BATCH], preprocessing)
    error = float(np.abs(first - fast[:LAB_BATCH]).max())
    guard = max(GUARD, WIDENING * error) if np.isfinite(error) else float("inf")
    classes = fast.argmax(axis=1)
    # Infinity is further from everything than any guard, so it has to be told apart by itself.
    trusted = np.isfinite(fast).all(axis=1) & (margins(fast) > guard)
    unsure = np.flatnonzero(~trusted)
    if len(unsure):
        classes[unsure] = _eager_classes(network, pixels, preprocessing, unsure)
    classes[:LAB_BATCH] = first.argmax(axis=1)
    return Decided(classes=classes, guard=guard, largest_error=error, decided_again=len(unsure))


def decide_eagerly(network: Runnable, pixels: Pixels, preprocessing: Preprocessing) -> Decided:
    """As `decide`, where no fast engine is at hand."""
    classes = _eager_classes(network, pixels, preprocessing, np.arange(len(pixels)))
    return Decided(
        classes=classes, guard=float("inf"), largest_error=0.0, decided_again=len(pixels)
    )


def _eager_classes(
    network: Runnable, pixels: Pixels, preprocessing: Preprocessing, numbers: Classes
) -> Classes:
    logits = fast_logits(network, pixels[numbers], preprocessing)
    classes: Classes = logits.argmax(axis=1)
    clear = TIE * np.maximum(1, np.abs(logits).max(axis=1))
    ties = np.flatnonzero(~(margins(logits) >= clear))  # NaN is no clear answer
    for start in sorted({int(numbers[tie]) // LAB_BATCH * LAB_BATCH for tie in ties}):
        batch = lab_logits(network, pixels[start : start + LAB_BATCH], preprocessing).argmax(axis=1)
        inside = (numbers >= start) & (numbers < start + LAB_BATCH)
        classes[inside] = batch[numbers[inside] - start]
    return classes
