"""Top-1 accuracy in ExecuTorch: of the program we export, and of the one that was handed in."""

import torch

from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.accuracy import tally
from grader.evaluators.subject import Finding, Subject
from grader.inference.eager import Logits
from grader.sandbox import Child, Limits, run
from grader.sandbox.reply import read_message
from grader.types import HandedInFile, Role

RUN_LIMITS = Limits(wall_seconds=1_800, cpu_seconds=1_200, message_bytes=8 << 20)
_NEEDS_ISOLATION = (
    "Install bubblewrap (on Debian and Ubuntu: apt install bubblewrap), or accept the risk with "
    "--unsandboxed."
)


def measure_exported(subject: Subject) -> Finding:
    """Accuracy of the rebuilt network's own XNNPACK program, a fraction."""
    classes = subject.program_logits.argmax(axis=1)
    return Finding(
        value=float((classes == subject.images.labels).mean()),
        evidence={
            **tally(classes, subject.images),
            "agreement": float((classes == subject.decided.classes).mean()),
            "program_bytes": len(subject.program),
        },
    )


def measure_submitted(subject: Subject) -> Finding:
    """Accuracy of the `.pte` that was handed in, run in the sandbox, a fraction.

    Raises `Skip` when there is none, when programs may not run on this machine, or when the
    program is of another ExecuTorch; `Fault` when it does not work or is another network.
    """
    program = subject.submission.file(Role.PROGRAM)
    if program is None:
        raise Skip("No .pte was handed in; the program was exported from the .pth.")
    if not subject.isolation.runs_programs:
        raise Skip(f"{program.name} needs isolation to be run.", help=_NEEDS_ISOLATION)
    logits = _run(program, subject)
    classes = logits.argmax(axis=1)
    agreement = float((classes == subject.decided.classes).mean())
    evidence = {**tally(classes, subject.images), "agreement": agreement}
    threshold = subject.lab.accuracy.same_network_agreement
    if agreement < threshold:
        raise Fault(
            f"{program.name} is not the network of the .pth: they agree on {agreement:.1%} of the "
            "images.",
            help="Export the .pte from the same model that you save as .pth.",
            expected=f"at least {threshold:.0%}",
            actual=f"{agreement:.1%}",
            evidence=evidence,
        )
    return Finding(value=float((classes == subject.images.labels).mean()), evidence=evidence)


def _run(program: HandedInFile, subject: Subject) -> Logits:
    pixels = subject.work / "pixels.bin"  # the labels stay outside the sandbox
    subject.images.pixels.tofile(pixels)
    outcome = run(
        Child(
            program="run_program",
            inputs=(program.path, pixels),
            settings={"classes": subject.lab.network.classes, "threads": subject.threads},
            limits=RUN_LIMITS,
            threads=subject.threads,
        ),
        subject.isolation,
    )
    if outcome.cut_short:
        raise HarnessError(f"Running {program.name} was cut short: it {outcome.story}.")
    if not outcome.ended_well:
        raise Fault(
            f"{program.name} could not be run: it {outcome.story}.",
            help="Export it again from the saved model and run it once with the runner.",
        )
    expected = (len(subject.images.pixels), subject.lab.network.classes)
    return _logits(outcome.message, program, expected)


def _logits(message: bytes, program: HandedInFile, expected: tuple[int, int]) -> Logits:
    notes, tensors = read_message(message)
    if "refused" in notes:
        _explain_refusal(program)
    logits = tensors.get("logits")
    if logits is None or logits.shape != expected or logits.dtype != torch.float32:
        raise Fault(
            f"{program.name} does not answer as a classifier of the lab's images.",
            help="Export it with an example input of shape (1, 3, 224, 224).",
            expected=f"float32 of shape (1, {expected[1]})",
            actual=notes.get("misfit", "something else")[:100],
        )
    answers: Logits = logits.numpy()
    return answers


def _explain_refusal(program: HandedInFile) -> None:
    with program.path.open("rb") as file:
        head = file.read(8)
    if head[4:6] == b"ET":
        raise Skip(
            f"{program.name} was made by an ExecuTorch that today's runtime no longer reads; the "
            "program exported from the .pth was measured instead.",
            help="Export it again with executorch 1.4 to have your own program measured.",
        )
    raise Fault(
        f"{program.name} is not an ExecuTorch program.",
        help="Hand in the file that to_executorch() writes.",
        expected="bytes 4 to 8: ET12",
        actual=head.hex(" ") or "an empty file",
    )
