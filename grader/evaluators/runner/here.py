"""Top-1 accuracy as the student's own runner prints it, started as the lab starts it."""

import os
from functools import partial

from grader.datasets.registry import dataset_named
from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evaluators.runner.emulation import Emulator, emulator
from grader.evaluators.runner.executable import Executable, identify
from grader.evaluators.runner.verdict import Ours, Ran, judge
from grader.evidence.runner import EmulationEvidence
from grader.labs.spec import RunnerSpec
from grader.sandbox import NEEDS_ISOLATION, Child, Limits, Outcome, run
from grader.types import Finding, Json, Role, SubmittedFile

PRINTED_BYTES = 8 << 20  # every image's ten logits are 3 MB
PROCESSES = 128 + 2 * (os.cpu_count() or 1)  # two pools with a thread for each processor
# By the clock a runner has twice its processor time, and this: what loops is never taken for what
# waits, however busy the machine is.
SPARE_SECONDS = 60.0
_ON_A_BOARD = (
    "`grader grade --device` runs it on a board. Without one there is nothing to do: where the "
    "runner's accuracy counts, the .pte is judged in its place."
)
_EMULATE = " With qemu-user-static (on Debian and Ubuntu), a few images are tried here."
_REFUSED, _TELLER = 126, "run_binary: "  # grader.sandbox.run_binary


def measure_runner(subject: RebuiltSubmission) -> Finding:
    """The accuracy that the runner prints, a fraction.

    The lab has a runner read the test set, so it alone of all children is given the labels.

    Raises `Skip` where none was handed in, or one that this machine cannot run: its evidence then
    says what came of a sample of the images under emulation, which is never the accuracy that
    counts. Raises `Fault` where it is no program, did not end well or printed no accuracy;
    `HarnessError` where it was cut short.
    """
    runner = subject.submission.file(Role.RUNNER)
    if runner is None:
        raise Skip("No runner was handed in.")
    executable = identify(runner)
    means = None if executable.is_for_this_machine else _emulator(runner, executable, subject)
    if not subject.isolation.runs_programs:
        raise Skip(f"{runner.name} needs isolation to be run.", help=NEEDS_ISOLATION)
    program = subject.submission.file(Role.PROGRAM)
    if program is None:
        raise Skip("No .pte was handed in for the runner to run.", help="Hand in the .pte, too.")
    started = partial(_run, runner, executable, program, subject)
    if means is not None:
        raise _tried(started(means), means, subject)
    return judge(started(), _ours(subject, len(subject.images.labels)), _spec(subject))


def _emulator(
    runner: SubmittedFile, executable: Executable, subject: RebuiltSubmission
) -> Emulator:
    """What can run it here all the same. Raises `Skip` if nothing can."""
    means = emulator(executable.machine or "", subject.isolation)
    if means is None or not subject.isolation.runs_programs:
        raise Skip(_needs_a_device(runner.name, executable), help=_ON_A_BOARD + _EMULATE)
    return means


def _needs_a_device(name: str, executable: Executable) -> str:
    return f"{name} needs a device: it is a program for {executable.machine}."


def _tried(ran: Ran, means: Emulator, subject: RebuiltSubmission) -> Skip:
    """What an emulated run says: shown, and never judged, whatever came of it."""
    count = _spec(subject).emulated_images
    evidence: dict[str, Json] = {}
    try:
        found = judge(ran, _ours(subject, count), _spec(subject))
    except Fault as fault:
        said, evidence = fault.reason, fault.evidence
    except HarnessError as error:
        said = str(error)
    else:
        said, evidence = f"it printed {found.value:.4f}", dict(found.evidence)
        said += f"; {found.review}." if found.review else "."
    shown = EmulationEvidence(emulated=means.program.name, sample=True).json()
    return Skip(
        f"{_needs_a_device(ran.name, ran.executable)} Under emulation, on {count} images: {said}",
        help=_ON_A_BOARD,
        evidence={**evidence, **shown},
    )


def _run(
    runner: SubmittedFile,
    executable: Executable,
    program: SubmittedFile,
    subject: RebuiltSubmission,
    means: Emulator | None = None,
) -> Ran:
    """Run it in the sandbox over all images, or over the lab's few of them under emulation."""
    lab, student = subject.lab, subject.submission.id
    spec = _spec(subject)
    data = subject.work / "data.bin"
    images = subject.images
    count = len(images.labels) if means is None else spec.emulated_images
    dataset = dataset_named(lab.dataset)
    data.write_bytes(dataset.encode(images.pixels[:count], images.labels[:count]))
    runner.path.chmod(0o755)  # a zip's modes are not believed, and the lab makes it executable
    child = Child(
        program="run_binary",
        inputs=(runner.path, program.path, data),
        settings={
            "places": [
                lab.layout.path(Role.RUNNER, student),
                lab.layout.path(Role.PROGRAM, student),
                spec.data,
            ],
            "arguments": list(spec.arguments),
            "emulator": [] if means is None else list(means.command),
        },
        limits=Limits(
            wall_seconds=2 * lab.limits.runner_seconds + SPARE_SECONDS,
            cpu_seconds=lab.limits.runner_seconds,
            processes=PROCESSES,
            message_bytes=PRINTED_BYTES,
        ),
        threads=subject.threads,
    )
    return _ran(runner.name, executable, run(child, subject.isolation))


def _ran(name: str, executable: Executable, outcome: Outcome) -> Ran:
    told = outcome.returncode == _REFUSED and outcome.noise.startswith(_TELLER)
    refusal = outcome.noise.removeprefix(_TELLER).strip() if told else None
    return Ran(name=name, executable=executable, outcome=outcome, refusal=refusal)


def _spec(subject: RebuiltSubmission) -> RunnerSpec:
    spec = subject.lab.runner
    assert spec is not None, "a lab with a path for a runner says how to start it"
    return spec


def _ours(subject: RebuiltSubmission, count: int) -> Ours:
    """Our accuracies of the first `count` images."""
    labels = subject.images.labels[:count]
    answers = subject.submitted.answers
    program = None if answers is None else answers[:count].argmax(axis=1)
    return Ours(
        checkpoint=float((subject.decided.classes[:count] == labels).mean()),
        program=None if program is None else float((program == labels).mean()),
        total=len(labels),
        sample=subject.images.is_sample or count < len(subject.images.labels),
    )
