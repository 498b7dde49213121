"""Students' pages that need not be made again: nothing that they show has changed."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader import report
from grader.files import replace_file
from grader.report.pages.feedback import Backdrop
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPages:
    """Knows by a hash what the pages of each student were made of; `file` holds the hashes.

    `class_` is what they all show. `unchanged` are the students found as before, this time.
    """

    file: Path
    class_: str
    before: dict[str, str]
    unchanged: set[str] = field(default_factory=set)
    _now: dict[str, str] = field(default_factory=dict)

    def as_before(self, student: Report, told: str, *pages: Path) -> bool:
        """Whether `pages` are there and say what `told`, the report as JSON, says.

        But for when it was scored: a page has the date from which on it has said this.
        """
        undated = told.replace(student.provenance.graded_at, "")
        key = hashlib.sha256(f"{self.class_}\n{undated}".encode("utf-8", "backslashreplace"))
        self._now[student.submission.id] = key.hexdigest()
        if self.before.get(student.submission.id) != key.hexdigest():
            return False
        if not all(page.is_file() for page in pages):
            return False
        self.unchanged.add(student.submission.id)
        return True

    def save(self) -> None:
        """Keep the hashes for the next time; where that fails, the pages are made again then."""
        with contextlib.suppress(OSError):
            replace_file(self.file, json.dumps(self._now).encode())


def kept_pages(file: Path, behind: Backdrop) -> KeptPages:
    """What `file` knows of a class that stands behind its students as `behind` does."""
    before: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError, AttributeError):
        before = dict(json.loads(file.read_text(encoding="utf-8")).items())
    return KeptPages(file=file, class_=_class(behind), before=before)


def _class(behind: Backdrop) -> str:
    """The hash of all that a page shows besides its student, and of what makes it."""
    images = behind.images.sha256 if behind.images else ""
    made_of = (behind.lab.sha256, behind.drawn, json.dumps(behind.latencies), images, *_makers())
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()


def _makers() -> Iterator[str]:
    """The code and templates of the reports: another version of them makes other pages."""
    folder = Path(report.__file__).parent
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".py", ".html", ".css", ".js"}:
            yield file.read_text(encoding="utf-8")
