"""A folder of records: what was measured of each hand-in, one JSON file each.

Machines that share no database write records, and one of them collects them. A record is whole or
not there, and is never changed by another hand-in's: no lock is needed.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import GraderError, HarnessError
from grader.evaluators.hidden_draw import new_secret
from grader.files import replace_file
from grader.labs.spec import LabSpec
from grader.report.json import as_object, as_text, measurement_from, submission_from
from grader.types import Json, Measured, Setup

RECORD_VERSION = 1
PAGES = "pages"  # the pages made of hand-ins, by SHA-256


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as read: what was measured, by which lab, and the file's path."""

    path: Path
    measured: Measured
    lab: str
    lab_measured_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file that is no record, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFolder:
    """The records of one lab in `folder`; a `MeasuredStore` for a batch that only measures."""

    folder: Path
    lab: LabSpec
    _secret: bytes = field(default_factory=new_secret, repr=False)

    @property
    def pages(self) -> Path:
        """The folder of the pages made of the hand-ins."""
        return self.folder / PAGES

    def secret(self) -> bytes:
        """Return a secret of this run, 32 bytes: a folder that many read keeps none."""
        return self._secret

    def measured(self, student: str, fingerprint: str) -> Measured | None:
        """Return what was measured of this student's hand-in under this fingerprint, or None."""
        path = self._path(student, fingerprint)
        found = read_record(path) if path.exists() else None
        return found.measured if isinstance(found, Record) else None

    def all_measured(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Measured]:
        """Return the same for many, by (student, fingerprint), without those not measured."""
        found = {key: self.measured(*key) for key in keys}
        return {key: measured for key, measured in found.items() if measured is not None}

    def save(self, student: str, fingerprint: str, measured: Measured) -> None:
        """Write the record of a hand-in. Raises `GraderError`, and `HarnessError` if it is no JSON.

        A reader sees the whole record or none.
        """
        path = self._path(student, fingerprint)
        document: dict[str, Json] = {
            "record": RECORD_VERSION,
            "fingerprint": fingerprint,
            "lab": {"name": self.lab.name, "measured_sha256": self.lab.measured_sha256},
            "submission": as_object(measured.submission),
            "setup": as_object(measured.setup),
        }
        try:
            document["measurements"] = [as_object(each) for each in measured.measurements]
        except TypeError as error:
            raise HarnessError(f"A measurement cannot be written as JSON: {error}") from error
        try:
            replace_file(path, as_text(document).encode())
        except OSError as error:
            raise GraderError(
                f"{path} cannot be written: {error.strerror or error}.",
                help="Check that the disk is not full and the folder is writable, then run the "
                "same command again: what was measured stays.",
            ) from error

    def records(self) -> Iterator[Record | Unreadable]:
        """Yield every record of the folder, and every other JSON file with the reason, by name."""
        return (read_record(path) for path in sorted(self.folder.glob("*.json")))

    def copy_pages(self, measured: Measured, pages: Path) -> None:
        """Copy the pages that were made of a hand-in to the folder `pages`. Raises `OSError`."""
        for each in measured.measurements:
            name = each.evidence.get("page")
            if not isinstance(name, str) or not name.isalnum():
                continue
            for page in self.pages.glob(f"{name}.*"):
                if not (pages / page.name).exists():
                    pages.mkdir(parents=True, exist_ok=True)
                    part = pages / f".{page.name}.part"
                    shutil.copyfile(page, part)
                    part.replace(pages / page.name)

    def _path(self, student: str, fingerprint: str) -> Path:
        """Return the path of a record; the student is in it because two may hand in one file."""
        of_student = hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / f"{fingerprint}-{of_student[:16]}.json"


def read_record(path: Path) -> Record | Unreadable:
    """Read a record; one that is half written, or of another version, is unreadable."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = raw["record"]
        if version != RECORD_VERSION:
            return Unreadable(path=path, why=f"it has version {version}, not {RECORD_VERSION}")
        return Record(
            path=path,
            measured=Measured(
                submission=submission_from(raw["submission"]),
                measurements=tuple(measurement_from(each) for each in raw["measurements"]),
                setup=Setup(**raw["setup"]),
            ),
            lab=str(raw["lab"]["name"]),
            lab_measured_sha256=str(raw["lab"]["measured_sha256"]),
        )
    except OSError as error:
        return Unreadable(path=path, why=error.strerror or str(error))
    except (ValueError, TypeError, KeyError, AttributeError, AssertionError):
        return Unreadable(path=path, why="it is not a whole record")
