"""Several hand-ins of one person: none counts until somebody has chosen one in the review."""

import hashlib
import json as json_module
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from grader.errors import GraderError
from grader.evidence import ids
from grader.evidence.intake import CandidateEvidence, ChoiceEvidence
from grader.intake.inside import name_inside, whole_of
from grader.intake.person import person_of
from grader.marks.decisions import HAND_IN, Given, decision_of
from grader.marks.rules import Scoring, marked, marks_for
from grader.report import json
from grader.results.folder import HAND_INS, write_file
from grader.text import sentence, shown
from grader.types import Measurement, Report, Status, Submission

SCHEMA_VERSION = 1


def counted(hand_ins: Iterable[Report], by: Scoring, given: Given) -> tuple[Report, ...]:
    """Return one report of each person: that of the hand-in that counts.

    While nobody has chosen among several, it is a report without a measurement and without a total,
    which names the files.
    """
    return tuple(
        _chosen(mine, by, given) if len(mine) > 1 else mine[0]
        for mine in by_person(hand_ins).values()
    )


def by_person(hand_ins: Iterable[Report]) -> dict[str, list[Report]]:
    """Return the hand-ins of each person, in a fixed order."""
    found: defaultdict[str, list[Report]] = defaultdict(list)
    for each in sorted(hand_ins, key=lambda each: (each.submission.id, each.submission.sha256)):
        found[person_of(each.submission)].append(each)
    return dict(found)


def case_of(hand_ins: Sequence[Report]) -> str:
    """Return a hash of the hand-ins among which a person chooses: a choice holds only for these."""
    hashes = sorted(each.submission.sha256 for each in hand_ins)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _chosen(mine: Sequence[Report], by: Scoring, given: Given) -> Report:
    decision = decision_of(given, person_of(mine[0].submission), HAND_IN, case_of(mine))
    for each in mine:
        if decision is not None and each.submission.sha256 == decision.choice:
            return each
    return _undecided(mine, by, given)


def _undecided(mine: Sequence[Report], by: Scoring, given: Given) -> Report:
    first = mine[0]
    files = [file_of(each.submission) for each in mine]
    why = f"{len(mine)} hand-ins have this id: {', '.join(map(shown, files))}. None counts yet."
    choice = Measurement(
        id=ids.CHOICE,
        status=Status.SKIPPED,
        reason=why,
        help="A person chooses the one that counts: grader review.",
        review=why,
        evidence=ChoiceEvidence(
            hand_ins=tuple(
                CandidateEvidence(file=file, sha256=each.submission.sha256)
                for file, each in zip(files, mine, strict=True)
            )
        ).json(),
    )
    submission = Submission(id=first.submission.id, source=first.submission.source, sha256="")
    if first.submission.handed_in is not None:
        came = replace(first.submission.handed_in, submitted_at=None, late=None, superseded=())
        submission = replace(submission, handed_in=came)
    marks = marks_for(submission, given.marks)
    row = replace(first, submission=submission, measurements=(choice,))
    return marked(row, by, marks)


def file_of(submission: Submission) -> str:
    """Return the last two parts of the path of a hand-in, to tell it from others of its id.

    Of a file in an archive it is the whole path in it, below the archive's name.
    """
    inside = name_inside(submission.source)
    if inside is not None:
        return f"{whole_of(submission.source).name}/{inside}"
    return "/".join(submission.source.parts[-2:])


def keep_several(hand_ins: Iterable[Report], out: Path) -> None:
    """Write all hand-ins of people who have several to `out`. Raises `GraderError`."""
    several = [each for mine in by_person(hand_ins).values() if len(mine) > 1 for each in mine]
    if not several:
        (out / HAND_INS).unlink(missing_ok=True)
        return
    document = {
        "schema_version": SCHEMA_VERSION,
        "hand_ins": [json_module.loads(json.render(each)) for each in several],
    }
    write_file(out / HAND_INS, json_module.dumps(document, ensure_ascii=False, indent=1) + "\n")


def kept_several(out: Path) -> tuple[Report, ...]:
    """Return what `keep_several` wrote; empty if nobody has several hand-ins.

    Raises `GraderError` if the file cannot be read.
    """
    file = out / HAND_INS
    try:
        kept = json_module.loads(file.read_text(encoding="utf-8"))["hand_ins"]
        return tuple(json.parse(json_module.dumps(each)) for each in kept)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise GraderError(
            f"{file} cannot be read: {sentence(error)}", help="Grade again."
        ) from error


def with_several(rows: Iterable[Report], several: Sequence[Report]) -> tuple[Report, ...]:
    """Return all hand-ins of a class: `several`, and the rows of people who have one only."""
    people = {person_of(each.submission) for each in several}
    alone = (each for each in rows if person_of(each.submission) not in people)
    return (*alone, *several)
