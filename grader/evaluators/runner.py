"""Top-1 accuracy as the student's own runner prints it."""

from grader.errors import Skip
from grader.evaluators.subject import Finding, Subject
from grader.types import Role


def measure_runner(subject: Subject) -> Finding:
    """Raise `Skip`, always: runners are built for a board, and this version has none to run one on.

    A lab whose judge is the runner then takes the `.pte`'s accuracy, and never a zero.
    """
    runner = subject.submission.file(Role.RUNNER)
    if runner is None:
        raise Skip("No runner was handed in.")
    raise Skip(
        f"{runner.name} needs a device, and none is attached.",
        help="Nothing to do: where the runner's accuracy counts, the .pte is judged in its place.",
    )
