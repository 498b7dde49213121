"""Top-1 accuracy that the student's own runner prints, started as in the lab."""

import os
from functools import partial

from grader.datasets.registry import dataset_named
from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evaluators.runner.emulation import Emulator, emulator
from grader.evaluators.runner.executable import Executable, identify
from grader.evaluators.runner.judge import FinishedRunner, OurAccuracies, judge
from grader.evidence.runner import EmulationEvidence
from grader.inference.packages import GET_IT, installed
from grader.inference.xnnpack import why_unusable
from grader.labs.network_lab import RunnerSpec
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import NEEDS_ISOLATION, Child, run
from grader.sandbox.supervise import Outcome
from grader.types import Finding, Json, Role, SubmittedFile

PRINTED_BYTES = 8 << 20  # ten logits of every image are 3 MB
PROCESSES = 128 + 2 * (os.cpu_count() or 1)  # two thread pools with one thread per processor
# The limit of wall time is twice the limit of processor time, plus this: on a busy machine too, an
# endless loop reaches the limit of processor time first.
SPARE_SECONDS = 60.0
_RUN_ON_A_DEVICE = (
    "`grader grade --device` runs it on a device. Without a device, the .pte is judged instead if "
    "the runner's accuracy counts."
)
_EMULATE = " Install qemu-user-static (Debian, Ubuntu) to try a few images here."
_START_FAILED_CODE, _START_FAILED_PREFIX = 126, "run_binary: "  # grader.sandbox.run_binary


def measure_runner(subject: RebuiltSubmission) -> Finding:
    """Return the accuracy that the runner prints, a fraction.

    The lab makes a runner read the test set, so it is the only sandbox child that gets the labels.

    Raises `Skip` if there is no runner, or this machine cannot run it: the evidence then has the
    result of a sample of the images under emulation, which never counts. Raises `Fault` if it is
    no program, failed or printed no accuracy; `HarnessError` if it was interrupted. A script that
    failed is skipped if this machine lacks a package of the lab.
    """
    runner = subject.submission.file(Role.RUNNER)
    if runner is None:
        raise Skip("No runner was handed in.")
    executable = identify(runner)
    emulation = None if executable.is_for_this_machine else _emulator(runner, executable, subject)
    if not subject.isolation.runs_programs:
        raise Skip(f"{runner.name} can run only with isolation.", help=NEEDS_ISOLATION)
    program = subject.submission.file(Role.PROGRAM)
    if program is None:
        raise Skip("No .pte was handed in for the runner to run.", help="Hand in the .pte, too.")
    started = partial(_run, runner, executable, program, subject)
    if emulation is not None:
        raise _emulation_result(started(emulation), emulation, subject)
    finished = started()
    try:
        return judge(finished, _ours(subject, len(subject.images.labels)), _spec(subject))
    except Fault as fault:
        raise _excused(fault, executable, subject) from fault


def _excused(fault: Fault, executable: Executable, subject: RebuiltSubmission) -> Fault | Skip:
    """Return a `Skip` in place of the fault of a script that may lack a package here."""
    found = installed(subject.lab.packages)
    lacking = [f"{name} is not installed." for name in subject.lab.packages if name not in found]
    unusable = why_unusable()
    if unusable is not None and "executorch" in found:
        lacking.append(unusable)
    if executable.interpreter is None or not lacking:
        return fault
    return Skip(
        f"{fault.reason} It may need a package: {' '.join(lacking)}",
        help=f"Install what the script imports. ExecuTorch: {GET_IT}",
        evidence=fault.evidence,
    )


def _emulator(
    runner: SubmittedFile, executable: Executable, subject: RebuiltSubmission
) -> Emulator:
    """Return the emulator that can run it here. Raises `Skip` if there is none."""
    emulation = emulator(executable.machine or "", subject.isolation)
    if emulation is None or not subject.isolation.runs_programs:
        raise Skip(_needs_a_device(runner.name, executable), help=_RUN_ON_A_DEVICE + _EMULATE)
    return emulation


def _needs_a_device(name: str, executable: Executable) -> str:
    return f"{name} needs a device: it is built for {executable.machine}."


def _emulation_result(
    finished: FinishedRunner, emulation: Emulator, subject: RebuiltSubmission
) -> Skip:
    """Return the result of an emulated run; it is only shown, and never changes a score."""
    count = _spec(subject).emulated_images
    evidence: dict[str, Json] = {}
    try:
        found = judge(finished, _ours(subject, count), _spec(subject))
    except Fault as fault:
        result, evidence = fault.reason, fault.evidence
    except HarnessError as error:
        result = str(error)
    else:
        result, evidence = f"it printed {found.value:.4f}", dict(found.evidence)
        result += f"; {found.review}." if found.review else "."
    shown = EmulationEvidence(emulated=emulation.program.name, sample=True).json()
    return Skip(
        f"{_needs_a_device(finished.name, finished.executable)} "
        f"Under emulation, on {count} images: {result}",
        help=_RUN_ON_A_DEVICE,
        evidence={**evidence, **shown},
    )


def _run(
    runner: SubmittedFile,
    executable: Executable,
    program: SubmittedFile,
    subject: RebuiltSubmission,
    emulation: Emulator | None = None,
) -> FinishedRunner:
    """Run it in the sandbox on all images, or on the lab's `emulated_images` under emulation."""
    lab, student = subject.lab, subject.submission.id
    spec = _spec(subject)
    data = subject.work / "data.bin"
    images = subject.images
    count = len(images.labels) if emulation is None else spec.emulated_images
    dataset = dataset_named(lab.dataset)
    data.write_bytes(dataset.encode(images.pixels[:count], images.labels[:count]))
    runner.path.chmod(0o755)  # the modes in a zip are ignored, and the lab makes it executable
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
            "emulator": [] if emulation is None else list(emulation.command),
        },
        limits=SandboxLimits(
            wall_seconds=2 * lab.limits.runner_seconds + SPARE_SECONDS,
            cpu_seconds=lab.limits.runner_seconds,
            processes=PROCESSES,
            message_bytes=PRINTED_BYTES,
        ),
        threads=subject.threads,
    )
    return _finished(runner.name, executable, run(child, subject.isolation))


def _finished(name: str, executable: Executable, outcome: Outcome) -> FinishedRunner:
    is_refusal = outcome.returncode == _START_FAILED_CODE and outcome.stderr.startswith(
        _START_FAILED_PREFIX
    )
    refusal = outcome.stderr.removeprefix(_START_FAILED_PREFIX).strip() if is_refusal else None
    return FinishedRunner(name=name, executable=executable, outcome=outcome, refusal=refusal)


def _spec(subject: RebuiltSubmission) -> RunnerSpec:
    spec = subject.lab.runner
    assert spec is not None, "a lab with a path for a runner has a [runner] table"
    return spec


def _ours(subject: RebuiltSubmission, count: int) -> OurAccuracies:
    """Return our accuracies on the first `count` images."""
    labels = subject.images.labels[:count]
    answers = subject.submitted.answers
    program = None if answers is None else answers[:count].argmax(axis=1)
    return OurAccuracies(
        checkpoint=float((subject.decided.classes[:count] == labels).mean()),
        program=None if program is None else float((program == labels).mean()),
        total=len(labels),
        sample=subject.images.is_sample or count < len(subject.images.labels),
    )
