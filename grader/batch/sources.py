"""The sources of a class, by student id, each hashed once."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader import intake
from grader.intake.names import same_on_some_system
from grader.labs.spec import LabSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The path of a hand-in and its student's id, before anything is unpacked.

    `name` tells it from all other sources in messages: the student's id, or `id~2` and so on for
    further hand-ins of one id.
    """

    path: Path
    student: str
    name: str
    sha256: str

    @property
    def key(self) -> tuple[str, str]:
        """The student's id and the SHA-256: sources with the same key are measured once."""
        return self.student, self.sha256


def identify(sources: Sequence[Path], lab: LabSpec) -> tuple[Source, ...]:
    """Hash each source and find its student; return them by student id, a repeated path once."""
    paths = sorted({Path(os.path.abspath(source)) for source in sources})  # noqa: PTH100 - resolve() would follow links
    with ThreadPoolExecutor() as pool:
        hashes = dict(zip(paths, pool.map(partial(_sha256, lab=lab), paths), strict=True))
    students = {path: intake.student_id(path) for path in paths}
    taken = {same_on_some_system(student) for student in students.values()}
    named: set[str] = set()
    found: list[Source] = []
    for path in sorted(paths, key=lambda path: (same_on_some_system(students[path]), path)):
        student = students[path]
        repeated = same_on_some_system(student) in named
        name = _unused_name(student, taken) if repeated else student
        named.add(same_on_some_system(student))
        taken.add(same_on_some_system(name))
        found.append(Source(path=path, student=student, name=name, sha256=hashes[path]))
    return tuple(found)


def _sha256(source: Path, lab: LabSpec) -> str:
    try:
        return intake.fingerprint(source, lab)
    except OSError:
        return ""  # as in `intake.receive`, whose ERROR says why; it is never reused


def _unused_name(student: str, taken: set[str]) -> str:
    number = 2
    while same_on_some_system(f"{student}~{number}") in taken:
        number += 1
    return f"{student}~{number}"
