"""Top-1 accuracy in PyTorch; the class of every image is the one that the lab's loop gives."""

import math

import numpy as np
from numpy.typing import NDArray

from grader.evaluators.rebuilt import Images, RebuiltSubmission
from grader.evidence.accuracy import CheckpointEvidence, TallyEvidence
from grader.evidence.record import written
from grader.types import Finding

MISCLASSIFIED_SHOWN = 12
_Z95 = 1.959963984540054  # the normal distribution's 97.5th percentile


def measure_accuracy(rebuilt: RebuiltSubmission) -> Finding:
    """Top-1 accuracy over all test images, a fraction; in the evidence also over the first images.

    The lab's notebook measures only the first `notebook_images`.
    """
    decided = rebuilt.decided
    images = rebuilt.images
    notebook = rebuilt.lab.accuracy.notebook_images
    hits = decided.classes == images.labels
    full = len(hits) >= rebuilt.lab.accuracy.images
    confusion = np.zeros((rebuilt.lab.network.classes,) * 2, np.int64)
    np.add.at(confusion, (images.labels, decided.classes), 1)
    return Finding(
        value=float(hits.mean()),
        evidence=written(
            tally(decided.classes, images),
            CheckpointEvidence(
                correct_9984=int(hits[:notebook].sum()) if full else None,
                total_9984=notebook if full else None,
                decided_again=decided.decided_again,
                guard=decided.guard if math.isfinite(decided.guard) else None,
                confusion=tuple(tuple(int(count) for count in row) for row in confusion),
                misclassified=tuple(
                    (int(index), int(decided.classes[index]))
                    for index in np.flatnonzero(~hits)[:MISCLASSIFIED_SHOWN]
                ),
                all_because=decided.all_because,
            ),
        ),
    )


def tally(classes: NDArray[np.int64], images: Images) -> TallyEvidence:
    """The correct `classes`, int64 (N,), of all, with the 95 % interval of the accuracy."""
    correct, total = int((classes == images.labels).sum()), len(images.labels)
    low, high = wilson(correct, total)
    return TallyEvidence(correct=correct, total=total, sample=images.is_sample, low=low, high=high)


def wilson(correct: int, total: int) -> tuple[float, float]:
    """The 95 % score interval (low, high) of a proportion (Wilson, 1927)."""
    assert 0 <= correct <= total > 0
    share, squared = correct / total, _Z95**2
    middle = share + squared / (2 * total)
    reach = _Z95 * math.sqrt(share * (1 - share) / total + squared / (4 * total**2))
    scale = 1 + squared / total
    low, high = (middle - reach) / scale, (middle + reach) / scale
    # Rounding may push a bound past 0 or 1, or past the share itself where that is 0 or 1.
    return max(0.0, min(low, share)), min(1.0, max(high, share))
