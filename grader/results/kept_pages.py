"""Skips students' pages whose content has not changed since they were written."""

import contextlib
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from grader import report
from grader.files import replace_file
from grader.intake.person import person_of
from grader.labs.spec import LabSpec
from grader.results.folder import write_file
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPages:
    """The hashes of the content of each student's pages; `file` stores them.

    A student without a hash in `file` may have files of different times: the writer was stopped.

    `class_` is the hash of what all pages depend on, and `before` has the stored hashes by person,
    each followed by the names of the drawings on the page.
    """

    file: Path
    class_: str
    before: dict[str, str]
    _now: dict[str, str] = field(default_factory=dict)

    def begin(self, students: Iterable[str] | None) -> None:
        """Remove the hashes of `students` from the file, None of all; then write their files.

        Raises `GraderError` if the file cannot be written.
        """
        among = None if students is None else frozenset(students)
        others = {} if among is None else _without(self.before, among)
        self._now.update(others)
        write_file(self.file, json.dumps(others))

    def as_before(self, student: Report, content: str, *pages: Path) -> bool:
        """Return True if `pages` exist and were made from the same `content`.

        `content` is the report as JSON, and what the page shows of the rest of the class. It is
        without the time of the scoring: a page shows when its content last changed.
        """
        key = hashlib.sha256(f"{self.class_}\n{content}".encode("utf-8", "backslashreplace"))
        person = person_of(student.submission)
        before = self.before.get(person, "")
        same = before.partition(" ")[0] == key.hexdigest() and all(map(Path.is_file, pages))
        self._now[person] = before if same else key.hexdigest()
        return same

    def shows(self, student: Report, drawings: Iterable[str]) -> None:
        """Note the names of the drawings on a page that was made now."""
        person = person_of(student.submission)
        self._now[person] = " ".join((self._now[person], *sorted(drawings)))

    @property
    def drawings(self) -> frozenset[str]:
        """The names of the drawings on all pages."""
        return frozenset(name for each in self._now.values() for name in each.split()[1:])

    def save(self) -> None:
        """Store the hashes when all files are written; if that fails, they are written again."""
        with contextlib.suppress(OSError):
            replace_file(self.file, json.dumps(self._now).encode())


def kept_pages(file: Path, lab: LabSpec) -> KeptPages:
    """Return the hashes stored in `file`, to be compared with pages of `lab`."""
    return KeptPages(file=file, class_=_class(lab), before=kept_hashes(file))


def kept_hashes(file: Path) -> dict[str, str]:
    """Return the hashes stored in `file`, by student; empty if there are none."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")).items())
    except (OSError, ValueError, AttributeError):
        return {}


def _without(hashes: dict[str, str], students: frozenset[str]) -> dict[str, str]:
    return {student: hash for student, hash in hashes.items() if student not in students}


def _class(lab: LabSpec) -> str:
    """Return the hash of the lab and of the code that makes the pages: every page depends on it."""
    made_of = (lab.sha256, *_makers())
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()


@cache
def _makers() -> tuple[str, ...]:
    """Return the code and templates of the reports, because a change of them changes the pages."""
    files = sorted(Path(report.__file__).parent.rglob("*"))
    return tuple(
        each.read_text(encoding="utf-8")
        for each in files
        if each.suffix in {".py", ".html", ".css", ".js"}
    )
