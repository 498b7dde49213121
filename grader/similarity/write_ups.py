"""List the similar write-ups of a class, the strongest evidence first."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.intake.person import certain_person_of
from grader.labs.write_up_lab import WriteUpLab
from grader.similarity.groups import Pair, Students, is_whole_class, more_than_one_student
from grader.similarity.latencies import SharedLatencies, alike_latencies
from grader.similarity.paragraphs import SharedParagraph, alike_paragraphs
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarWriteUps:
    """Two similar write-ups with their evidence, of one kind at least."""

    students: Pair
    latencies: SharedLatencies | None = None
    paragraphs: tuple[SharedParagraph, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpGroup:
    """A group too large for pairs that shares the latencies of a table, or paragraphs."""

    students: Students
    latencies: bool = False
    paragraphs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarClass:
    """The pairs and groups that a person should look at.

    `whole` is what nearly the whole class shares, for example a cover or the latencies of the
    course's board; None if there is nothing.
    """

    pairs: tuple[SimilarWriteUps, ...]
    groups: tuple[WriteUpGroup, ...]
    whole: WriteUpGroup | None = None


def similar_write_ups(reports: Sequence[Report], lab: WriteUpLab) -> SimilarClass:
    """Return the pairs and groups that a person should look at."""
    named = sorted(reports, key=lambda each: each.submission.id)
    by_lms = {
        each.submission.id: person
        for each in named
        if (person := certain_person_of(each.submission))
    }
    latencies, paragraphs = alike_latencies(named, lab), alike_paragraphs(named)
    pairs = [
        SimilarWriteUps(
            students=pair,
            latencies=latencies.pairs.get(pair),
            paragraphs=paragraphs.pairs.get(pair, ()),
        )
        for pair in dict.fromkeys((*latencies.pairs, *paragraphs.pairs))
        if more_than_one_student(pair, by_lms)
    ]
    groups = [
        WriteUpGroup(
            students=students,
            latencies=students in latencies.groups,
            paragraphs=paragraphs.groups.get(students, 0),
        )
        for students in dict.fromkeys((*latencies.groups, *paragraphs.groups))
        if more_than_one_student(students, by_lms)
    ]
    whole = [each for each in groups if is_whole_class(each.students, len(reports))]
    parts = [each for each in groups if each not in whole]
    return SimilarClass(
        pairs=tuple(sorted(pairs, key=_strength, reverse=True)),
        groups=tuple(sorted(parts, key=lambda each: len(each.students), reverse=True)),
        whole=_together(whole) if whole else None,
    )


def _together(groups: Sequence[WriteUpGroup]) -> WriteUpGroup:
    """Return as one what several groups share, each of nearly the whole class."""
    return WriteUpGroup(
        students=tuple(dict.fromkeys(student for each in groups for student in each.students)),
        latencies=any(each.latencies for each in groups),
        paragraphs=sum(each.paragraphs for each in groups),
    )


def _strength(each: SimilarWriteUps) -> tuple[int, int]:
    latencies = each.latencies.cells if each.latencies else 0
    return latencies, sum(paragraph.length for paragraph in each.paragraphs)
