"""Getting a data set's test set from the first of its homes that has it."""

import contextlib
import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.datasets.dataset import Dataset, Home, TestSet, Watch
from grader.errors import GraderError


def fetch(
    dataset: Dataset,
    into: Path | None = None,
    *,
    watch: Watch = lambda _step, _done, _total: None,
    homes: Mapping[str, Home] | None = None,
) -> TestSet:
    """The test set in `into`, by default the first of its places, from the first home that works.

    Where an intact one is already there, or in any of its places, nothing is downloaded. The file
    appears under its name only when it is whole and its hash is right. `homes` are the data set's
    own unless given. Raises `GraderError` with the reason of each home when none works or the disk
    does not.
    """
    folders = dataset.places() if into is None else (into,)
    with contextlib.suppress(GraderError):  # a damaged copy is replaced
        kept = dataset.intact(folders)
        if kept is not None and not kept.is_sample:
            return kept
    given = dataset.homes() if homes is None else homes
    target = folders[0] / dataset.test_set.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as work:
            complete = Path(work) / dataset.test_set.name
            complete.write_bytes(_first_right(dataset, given, Path(work), watch))
            complete.replace(target)  # atomic: both are in one folder's file system
    except OSError as error:
        raise GraderError(
            f"{target} cannot be written: {error.strerror or error}.",
            help=f"Free {dataset.fetch_megabytes} MB in {target.parent}, or choose a folder that "
            "can be written to.",
        ) from error
    return dataset.verify(target)


def _first_right(dataset: Dataset, homes: Mapping[str, Home], work: Path, watch: Watch) -> bytes:
    reasons = []
    for name, home in homes.items():
        try:
            batch = home(work, watch)
        except GraderError as error:
            reasons.append(f"{name}: {error}")
            continue
        digest = hashlib.sha256(batch).hexdigest()
        if digest == dataset.test_set.sha256:
            return batch
        reasons.append(f"{name}: {dataset.hash_fault(digest)}")
    raise GraderError(
        f"{dataset.title}'s test set could not be fetched. {'; '.join(reasons)}.",
        help=f"Connect to the internet or install npm, or put {dataset.test_set.name} in data/ "
        f"yourself. Without it the grader uses its sample of {dataset.sample.images:,} images, "
        "which gives no grade.",
    )
