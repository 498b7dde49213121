"""Fetches a data set's test set by the first of its downloads that works."""

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from grader.datasets.dataset import Dataset, Download, FetchProgress, TestSet
from grader.datasets.tried import Tried
from grader.errors import GraderError


def fetch(
    dataset: Dataset,
    into: Path | None = None,
    *,
    watch: FetchProgress = lambda _step, _done, _total: None,
    downloads: Mapping[str, Download] | None = None,
) -> TestSet:
    """Fetch the test set into `into`, by default the first of its search folders.

    If an intact copy is already there, or without `into` in any search folder, nothing is
    downloaded. The file appears under its name only when it is complete and its hash is right.
    `downloads` default to the data set's own. Raises `GraderError` with the reason of each download
    if none works, or if the file cannot be written.
    """
    folders = dataset.search_folders() if into is None else (into,)
    with contextlib.suppress(GraderError):  # a damaged copy is replaced
        kept = dataset.intact(folders)
        if kept is not None and not kept.is_sample:
            return kept
    given = dataset.downloads() if downloads is None else downloads
    target = folders[0] / dataset.test_set.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as work:
            complete = Path(work) / dataset.test_set.name
            tried = Tried(title=f"{dataset.title}'s test set", help=_without_one(dataset))
            complete.write_bytes(tried.first(given, _faults_of(dataset), Path(work), watch))
            complete.replace(target)  # atomic: both are in one folder's file system
    except OSError as error:
        raise GraderError(
            f"{target} cannot be written: {error.strerror or error}.",
            help=f"Free {dataset.fetch_megabytes} MB in {target.parent}, or choose a folder that "
            "can be written to.",
        ) from error
    return dataset.verify(target)


def _faults_of(dataset: Dataset) -> Callable[[bytes], list[str]]:
    def faults(batch: bytes) -> list[str]:
        digest = hashlib.sha256(batch).hexdigest()
        return [] if digest == dataset.test_set.sha256 else [dataset.hash_fault(digest)]

    return faults


def _without_one(dataset: Dataset) -> str:
    return (
        f"Connect to the internet or install npm, or put {dataset.test_set.name} in data/ "
        f"yourself. Without it the grader uses its sample of {dataset.sample.images:,} images, "
        "which gives no grade."
    )
