"""similar.json in a results folder: what `grader similar` found, for `grader review`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from grader.marks.decisions import Given
from grader.marks.not_a_copy import looked_at, words_of
from grader.results.folder import SIMILAR, write_file
from grader.similarity.listing import Found, Listed
from grader.types import Report, Submission

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPair:
    """Two students, the SHA-256 of their hand-ins when they were compared, and the evidence.

    `looked_at` says who found that it is no copy and when; None if nobody has.
    """

    students: tuple[str, str]
    hand_ins: tuple[str, str]
    evidence: tuple[str, ...]
    looked_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptGroup:
    """Students who share something, and what it is."""

    students: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSimilar:
    """What `grader similar` found, first the pairs that nobody has looked at, by their evidence.

    `compared` says how many hand-ins were compared, `whole` what nearly the whole class shares.
    `left_out` has the reason for each hand-in that could not be compared, by student.
    """

    schema_version: int = SCHEMA_VERSION
    compared: str = ""
    pairs: tuple[KeptPair, ...] = ()
    groups: tuple[KeptGroup, ...] = ()
    whole: KeptGroup | None = None
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Found, reports: Sequence[Report], given: Given) -> Self:
        """Return what was found among `reports`, with what people decided."""
        hand_ins = {each.submission.id: each.submission for each in reports}
        pairs = [_pair(each, hand_ins, given) for each in found.pairs]
        return cls(
            compared=found.compared,
            pairs=tuple(sorted(pairs, key=lambda each: each.looked_at is not None)),
            groups=tuple(map(_group, found.groups)),
            whole=_group(found.whole) if found.whole else None,
            notes=found.notes,
            left_out=found.left_out,
        )

    @property
    def listed(self) -> Found:
        """The same for a terminal: a pair that somebody has looked at says so."""
        return Found(
            pairs=tuple(
                Listed(
                    students=each.students,
                    evidence=(*each.evidence, *([each.looked_at] if each.looked_at else ())),
                )
                for each in self.pairs
            ),
            groups=tuple(map(_listed, self.groups)),
            whole=_listed(self.whole) if self.whole else None,
            compared=self.compared,
            notes=self.notes,
            left_out=self.left_out,
        )


def _pair(pair: Listed, hand_ins: Mapping[str, Submission], given: Given) -> KeptPair:
    first, second = pair.students
    one, other = hand_ins[first], hand_ins[second]
    decision = looked_at(given, one, other)
    return KeptPair(
        students=(first, second),
        hand_ins=(one.sha256, other.sha256),
        evidence=pair.evidence,
        looked_at=None if decision is None else words_of(decision),
    )


def _group(group: Listed) -> KeptGroup:
    return KeptGroup(students=group.students, evidence=group.evidence)


def _listed(group: KeptGroup) -> Listed:
    return Listed(students=group.students, evidence=group.evidence)


_SIMILAR = TypeAdapter(KeptSimilar)


def render(found: KeptSimilar) -> str:
    """Return the JSON of `found`."""
    return _SIMILAR.dump_json(found, indent=1).decode() + "\n"


def keep_similar(found: KeptSimilar, out: Path) -> None:
    """Write the file below `out`. Raises `GraderError` if it cannot be written."""
    write_file(out / SIMILAR, render(found))


def kept_similar(out: Path) -> KeptSimilar | None:
    """Return what is kept below `out`; None if nothing is, or another program wrote it."""
    try:
        return _SIMILAR.validate_json((out / SIMILAR).read_bytes())
    except (OSError, ValidationError):
        return None
