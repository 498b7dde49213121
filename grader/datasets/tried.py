"""Tries the downloads of a data set one after the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from grader.datasets.dataset import FetchProgress
from grader.errors import GraderError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The names for the message if no download works: of the data, and what helps then."""

    title: str
    help: str

    def first(
        self,
        downloads: Mapping[str, Callable[[Path, FetchProgress], T]],
        faults: Callable[[T], list[str]],
        work: Path,
        watch: FetchProgress,
    ) -> T:
        """Return what the first download gives that raises no `GraderError` and has no `faults`.

        Each works in the folder `work`. Raises `GraderError` with the reason of each if none works.
        """
        reasons = []
        for name, download in downloads.items():
            try:
                found = download(work, watch)
            except GraderError as error:
                reasons.append(f"{name}: {error}")
                continue
            wrong = faults(found)
            if not wrong:
                return found
            reasons += [f"{name}: {fault}" for fault in wrong]
        raise GraderError(
            f"{self.title} could not be fetched. {'; '.join(reasons)}.", help=self.help
        )
