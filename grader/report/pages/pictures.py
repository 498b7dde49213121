"""Images of the test set as small PNGs embedded in a page."""

import base64
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image

from grader.datasets.dataset import Dataset, TestSet
from grader.errors import GraderError
from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One image that a network classified wrongly.

    `picture` is a data URL and `true` the true class's name; both are empty if the test set is not
    available. `answered` is the predicted class's name.
    """

    number: int
    true: str
    answered: str
    picture: str


def mistakes(report: Report, dataset: Dataset, images: TestSet | None) -> tuple[Mistake, ...]:
    """Return the misclassified images that the report lists.

    Without pictures if `images` is not the test set of the measurement.
    """
    named = CheckpointEvidence.read(report.measurement(ids.ACCURACY)).misclassified
    same = images is not None and images.sha256 == report.provenance.data_sha256
    return tuple(
        _mistake(dataset, number, answered, images.path if images and same else None)
        for number, answered in named
        if 0 <= number < report.provenance.data_images and 0 <= answered < len(dataset.classes)
    )


def images_of(reports: Iterable[Report], dataset: Dataset) -> TestSet | None:
    """Return the test set of the measurements; None if it is not found or no image is needed."""
    wanted = {each.provenance.data_sha256 for each in reports if mistakes(each, dataset, None)}
    lookups: tuple[Callable[[], TestSet], ...] = (
        dataset.find,
        lambda: dataset.verify(dataset.sample_path()),
    )
    for lookup in lookups if wanted else ():
        try:
            found: TestSet = lookup()
        except GraderError:  # then the pages have the image's number but no picture
            continue
        if found.sha256 in wanted:
            return found
    return None


def _mistake(dataset: Dataset, number: int, answered: int, path: Path | None) -> Mistake:
    true, picture = _picture(dataset, path, number) if path else ("", "")
    return Mistake(number=number, true=true, answered=dataset.classes[answered], picture=picture)


@lru_cache(maxsize=4096)  # many networks of a class misclassify the same images
def _picture(dataset: Dataset, path: Path, number: int) -> tuple[str, str]:
    try:
        found = dataset.read_one(path, number)
    except OSError:
        return "", ""
    if found is None:
        return "", ""
    planes, label = found
    rows = planes.transpose(1, 2, 0) if len(planes) > 1 else planes[0]  # grey: no third axis
    written = io.BytesIO()
    Image.fromarray(rows.copy()).save(written, "PNG", optimize=True)
    encoded = base64.b64encode(written.getvalue()).decode()
    return dataset.classes[label], f"data:image/png;base64,{encoded}"
