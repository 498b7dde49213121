"""A data set on which an experiment trains a network: labelled images to train on and to test on.

A `Dataset` is one test set, by which hand-ins are graded. This is another record because here are
several files, no sample, and no preprocessing of a lab's network.
"""

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.datasets.dataset import DataFile, FetchProgress, Labels, Pixels, data_folders
from grader.datasets.tried import Tried
from grader.errors import GraderError
from grader.files import replace_file

Files = Mapping[str, bytes]
"""The content of files, by name."""

TrainingDownload = Callable[[Path, FetchProgress], Files]
"""Returns the data set's files, working in a folder; raises `GraderError` if it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The images, uint8 (N, *shape), of one purpose and their labels, int64 (N,)."""

    pixels: Pixels
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFiles:
    """The file of a split's images and the file of its labels."""

    pixels: DataFile
    labels: DataFile


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingDataset:
    """A data set to train on: `name` in the lab file, `title` for people.

    `shape` is that of an image: channels, height, width. `decode` gives the split of the contents
    of its two files. `downloads` gives the ways to fetch all files, by name in order of preference;
    a fetch needs up to `fetch_megabytes` MB of disk.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    train: SplitFiles
    test: SplitFiles
    decode: Callable[[bytes, bytes], Split]
    downloads: Mapping[str, TrainingDownload]
    fetch_megabytes: int

    @property
    def files(self) -> tuple[DataFile, ...]:
        """All files."""
        return (self.train.pixels, self.train.labels, self.test.pixels, self.test.labels)

    def search_folders(self) -> tuple[Path, ...]:
        """The folders that may hold the files, in order of preference."""
        return tuple(folder / self.name for folder in data_folders())

    def find(self) -> Path:
        """The first search folder with all files. Raises `GraderError` if there is none.

        Their hashes are checked by `read`.
        """
        for folder in self.search_folders():
            if all((folder / each.name).is_file() for each in self.files):
                return folder
        raise GraderError(
            f"{self.title} is not on this machine.", help=f"Run `grader data fetch {self.name}`."
        )

    def read(self, folder: Path) -> tuple[Split, Split]:
        """The splits for training and for the test, from the files in `folder`.

        Raises `GraderError` if a file is missing or is not the expected one.
        """
        return self._split(folder, self.train), self._split(folder, self.test)

    def fetch(
        self,
        into: Path | None = None,
        *,
        watch: FetchProgress = lambda _step, _done, _total: None,
        downloads: Mapping[str, TrainingDownload] | None = None,
    ) -> Path:
        """Fetch the files into `into`, by default the first search folder; return the folder.

        If intact files are already there, nothing is downloaded. A file appears under its name only
        when it is complete and its hash is right. `downloads` default to the data set's own. Raises
        `GraderError` with the reason of each download if none works.
        """
        with contextlib.suppress(GraderError):  # missing or damaged files are fetched
            folder = into or self.find()
            self.verify(folder)
            return folder
        target = into or self.search_folders()[0]
        given = self.downloads if downloads is None else downloads
        try:
            target.mkdir(parents=True, exist_ok=True)
            files = Tried(
                title=self.title,
                help="Connect to the internet and install npm, or put the files in "
                f"{target} yourself.",
            ).first(given, self._faults, target, watch)
            for each in self.files:
                replace_file(target / each.name, files[each.name])
        except OSError as error:
            raise GraderError(
                f"{target} cannot be written: {error.strerror or error}.",
                help=f"Free {self.fetch_megabytes} MB, or make the folder writable.",
            ) from error
        return target

    def verify(self, folder: Path) -> None:
        """Raise `GraderError` unless `folder` has every file with the right hash."""
        for each in self.files:
            self._content(folder, each)

    def _split(self, folder: Path, files: SplitFiles) -> Split:
        split = self.decode(
            self._content(folder, files.pixels), self._content(folder, files.labels)
        )
        assert split.pixels.shape == (files.pixels.images, *self.shape)
        assert split.labels.shape == (files.labels.images,)
        return split

    def _content(self, folder: Path, file: DataFile) -> bytes:
        path = folder / file.name
        help = f"Get the files with `grader data fetch {self.name}`."
        try:
            content = path.read_bytes()
        except OSError as error:
            raise GraderError(
                f"{path} cannot be read: {error.strerror or error}.", help=help
            ) from error
        fault = _fault(content, file)
        if fault:
            raise GraderError(f"{path} is not {self.title}'s: {fault}.", help=help)
        return content

    def _faults(self, files: Files) -> list[str]:
        found = {each.name: _fault(files.get(each.name, b""), each) for each in self.files}
        return [f"{name}: {fault}" for name, fault in found.items() if fault]


def _fault(content: bytes, file: DataFile) -> str | None:
    digest = hashlib.sha256(content).hexdigest()
    if digest == file.sha256:
        return None
    return f"its sha256 is {digest} instead of {file.sha256} ({len(content):,} bytes)"
