"""Skips students' pages whose content has not changed since they were written."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader import report
from grader.files import replace_file
from grader.intake.person import person_of
from grader.report.pages.feedback import ClassContext
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPages:
    """The hashes of the content of each student's pages; `file` stores them.

    `class_` is the hash of the content that all pages share, `before` has the stored hashes by
    person, and `unchanged` the people whose pages were skipped in this run.
    """

    file: Path
    class_: str
    before: dict[str, str]
    unchanged: set[str] = field(default_factory=set)
    _now: dict[str, str] = field(default_factory=dict)

    def as_before(self, student: Report, content: str, *pages: Path) -> bool:
        """Return True if `pages` exist and were made from the same `content`, the report as JSON.

        The time of the scoring is ignored: a page shows when its content last changed.
        """
        undated = content.replace(student.provenance.graded_at, "")
        key = hashlib.sha256(f"{self.class_}\n{undated}".encode("utf-8", "backslashreplace"))
        person = person_of(student.submission)
        self._now[person] = key.hexdigest()
        if self.before.get(person) != key.hexdigest():
            return False
        if not all(page.is_file() for page in pages):
            return False
        self.unchanged.add(person)
        return True

    def save(self) -> None:
        """Store the hashes; if that fails, the next run makes the pages again."""
        with contextlib.suppress(OSError):
            replace_file(self.file, json.dumps(self._now).encode())


def kept_pages(file: Path, context: ClassContext) -> KeptPages:
    """Return the hashes stored in `file`, to be compared with pages that share `context`."""
    before: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError, AttributeError):
        before = dict(json.loads(file.read_text(encoding="utf-8")).items())
    return KeptPages(file=file, class_=_class(context), before=before)


def _class(context: ClassContext) -> str:
    """Return the hash of the content that all pages share, and of the code that makes the pages."""
    images = context.images.sha256 if context.images else ""
    made_of = (context.lab.sha256, context.drawn, json.dumps(context.latencies), images, *_makers())
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()


def _makers() -> Iterator[str]:
    """Yield the code and templates of the reports, because a change of them changes the pages."""
    folder = Path(report.__file__).parent
    for file in sorted(folder.rglob("*")):
        if file.suffix in {".py", ".html", ".css", ".js"}:
            yield file.read_text(encoding="utf-8")
