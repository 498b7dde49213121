"""A hand-in after intake; a child reads its checkpoint while this process imports torch."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.evaluators.conditions import NetworkConditions
from grader.intake import receive
from grader.networks.checkpoint_reader import message_of
from grader.networks.registry import family_named
from grader.types import Measurement, Role, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An unpacked hand-in with the measurements of its intake.

    `message` is the reader's message on the checkpoint, which raises as `message_of` does; None
    without a checkpoint. `work` is this hand-in's own scratch folder.
    """

    submission: Submission
    intake: tuple[Measurement, ...]
    work: Path
    message: Future[bytes] | None = None


@contextmanager
def received(
    source: Path, work: Path, conditions: NetworkConditions, student: str | None = None
) -> Iterator[Received]:
    """Unpack the hand-in `source` into `work`, and start to read its checkpoint."""
    submission, intake = receive(source, work, conditions.lab, student)
    checkpoint = submission.file(Role.CHECKPOINT)
    with ThreadPoolExecutor(1) as beside:
        message = None
        if checkpoint is not None:
            family = family_named(conditions.lab.network.family)
            key = conditions.checkpoint_key
            message = beside.submit(message_of, checkpoint, family, conditions.isolation, key)
        yield Received(submission=submission, intake=tuple(intake), work=work, message=message)
