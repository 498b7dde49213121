"""Images of the test set as a page shows them: small PNGs in the page itself."""

import base64
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from grader.datasets import cifar10 as data
from grader.datasets.cifar10 import TestSet
from grader.datasets.cifar10.test_set import CLASSES, RECORD, SIDE
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


def mistakes(report: Report, images: TestSet | None) -> tuple[Mistake, ...]:
    """The misclassified images that the report names, from the file that it was measured with."""
    named = CheckpointEvidence.read(report.measurement(ids.ACCURACY)).misclassified
    same = images is not None and images.sha256 == report.provenance.data_sha256
    return tuple(
        _mistake(number, answered, images.path if images and same else None)
        for number, answered in named
        if 0 <= number < report.provenance.data_images and 0 <= answered < len(CLASSES)
    )


def images_of(reports: Iterable[Report]) -> TestSet | None:
    """The file that these were measured with, if they name images and it is in its place."""
    wanted = {each.provenance.data_sha256 for each in reports if mistakes(each, None)}
    places: tuple[Callable[[], TestSet], ...] = (
        data.find,
        lambda: data.verify(data.sample_path()),
    )
    for look in places if wanted else ():
        try:
            found: TestSet = look()
        except GraderError:  # the pages say which image it was, and show none
            continue
        if found.sha256 in wanted:
            return found
    return None


def _mistake(number: int, answered: int, path: Path | None) -> Mistake:
    true, picture = _picture(path, number) if path else ("", "")
    return Mistake(number=number, true=true, answered=CLASSES[answered], picture=picture)


@lru_cache(maxsize=4096)  # a class gets the same hard images wrong
def _picture(path: Path, number: int) -> tuple[str, str]:
    try:
        with path.open("rb") as file:
            file.seek(number * RECORD)
            record = np.frombuffer(file.read(RECORD), np.uint8)
    except OSError:
        return "", ""
    if len(record) < RECORD:
        return "", ""
    planes = record[1:].reshape(3, SIDE, SIDE)
    written = io.BytesIO()
    Image.fromarray(planes.transpose(1, 2, 0).copy()).save(written, "PNG", optimize=True)
    encoded = base64.b64encode(written.getvalue()).decode()
    return CLASSES[record[0]], f"data:image/png;base64,{encoded}"
