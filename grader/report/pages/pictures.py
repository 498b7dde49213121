"""Images of the test set as a page shows them: small PNGs in the page itself."""

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
    """One image that a network answered wrongly.

    `picture` is a data URL and `true` a class's name; both are empty where the images are not here.
    """

    number: int
    true: str
    answered: str
    picture: str


def mistakes(report: Report, dataset: Dataset, images: TestSet | None) -> tuple[Mistake, ...]:
    """The misclassified images that the report names, from the file that it was measured with."""
    named = CheckpointEvidence.read(report.measurement(ids.ACCURACY)).misclassified
    same = images is not None and images.sha256 == report.provenance.data_sha256
    return tuple(
        _mistake(dataset, number, answered, images.path if images and same else None)
        for number, answered in named
        if 0 <= number < report.provenance.data_images and 0 <= answered < len(dataset.classes)
    )


def images_of(reports: Iterable[Report], dataset: Dataset) -> TestSet | None:
    """The file that these were measured with, if they name images and it is in its place."""
    wanted = {each.provenance.data_sha256 for each in reports if mistakes(each, dataset, None)}
    places: tuple[Callable[[], TestSet], ...] = (
        dataset.find,
        lambda: dataset.verify(dataset.sample_path()),
    )
    for look in places if wanted else ():
        try:
            found: TestSet = look()
        except GraderError:  # the pages say which image it was, and show none
            continue
        if found.sha256 in wanted:
            return found
    return None


def _mistake(dataset: Dataset, number: int, answered: int, path: Path | None) -> Mistake:
    true, picture = _picture(dataset, path, number) if path else ("", "")
    return Mistake(number=number, true=true, answered=dataset.classes[answered], picture=picture)


@lru_cache(maxsize=4096)  # a class gets the same hard images wrong
def _picture(dataset: Dataset, path: Path, number: int) -> tuple[str, str]:
    try:
        found = dataset.read_one(path, number)
    except OSError:
        return "", ""
    if found is None:
        return "", ""
    planes, label = found
    rows = planes.transpose(1, 2, 0) if len(planes) > 1 else planes[0]  # Pillow: grey has no third
    written = io.BytesIO()
    Image.fromarray(rows.copy()).save(written, "PNG", optimize=True)
    encoded = base64.b64encode(written.getvalue()).decode()
    return dataset.classes[label], f"data:image/png;base64,{encoded}"
