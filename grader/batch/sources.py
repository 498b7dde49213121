"""Whose each file is: the sources of a class by student id, each hashed once."""

import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader import intake
from grader.intake.names import same_on_some_system
from grader.labs.spec import LabSpec
from grader.text import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A path and whose it is, before anything is unpacked.

    `name` is the student's id, or `id~2` and so on for further hand-ins of the same student;
    `review` says so where there are several.
    """

    path: Path
    student: str
    name: str
    sha256: str
    review: str | None

    @property
    def key(self) -> tuple[str, str]:
        """Equal for the same bytes of the same student: they are measured once."""
        return self.student, self.sha256


def identify(sources: Sequence[Path], lab: LabSpec) -> tuple[Source, ...]:
    """Say whose each source is and hash it, by student id; a path given twice counts once.

    Ids that differ in case or Unicode form only are one student's.
    """
    paths = sorted({Path(os.path.abspath(source)) for source in sources})  # noqa: PTH100 - a link keeps its own name
    with ThreadPoolExecutor() as pool:
        hashes = dict(zip(paths, pool.map(partial(_sha256, lab=lab), paths), strict=True))
    students: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        students[same_on_some_system(intake.student_id(path))].append(path)
    found: list[Source] = []
    for _, mine in sorted(students.items()):
        taken = set(students)
        for place, path in enumerate(mine):
            student = intake.student_id(path)
            name = student if place == 0 else _free(student, taken)
            taken.add(same_on_some_system(name))
            found.append(
                Source(
                    path=path,
                    student=student,
                    name=name,
                    sha256=hashes[path],
                    review=_twins(path, student, len(mine)),
                )
            )
    return tuple(found)


def _sha256(source: Path, lab: LabSpec) -> str:
    try:
        return intake.fingerprint(source, lab)
    except OSError:
        return ""  # as `intake.receive` has it, whose ERROR says why; it is never reused


def _free(student: str, taken: set[str]) -> str:
    number = 2
    while same_on_some_system(f"{student}~{number}") in taken:
        number += 1
    return f"{student}~{number}"


def _twins(path: Path, student: str, count: int) -> str | None:
    if count == 1:
        return None
    place = shown(f"{path.parent.name}/{path.name}")
    return (
        f"{count} hand-ins have the id {shown(student)}; this one is {place}. "
        "Only one of them can count."
    )
