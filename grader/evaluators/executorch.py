"""Top-1 accuracy in ExecuTorch: of the program we export, and of the one that was handed in."""

from grader.errors import Fault
from grader.evaluators.accuracy import tally
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evidence.accuracy import ProgramEvidence
from grader.evidence.record import written
from grader.types import Finding, Role


def measure_exported(subject: RebuiltSubmission) -> Finding:
    """Accuracy of the rebuilt network's own XNNPACK program, a fraction."""
    classes = subject.program_logits.argmax(axis=1)
    return Finding(
        value=float((classes == subject.images.labels).mean()),
        evidence=written(
            tally(classes, subject.images),
            ProgramEvidence(
                agreement=float((classes == subject.decided.classes).mean()),
                program_bytes=len(subject.program),
            ),
        ),
    )


def measure_submitted(subject: RebuiltSubmission) -> Finding:
    """Accuracy of the `.pte` that was handed in, run in the sandbox, a fraction.

    Raises `Skip` when there is none, when programs may not run on this machine, or when it is of
    an older or newer ExecuTorch; `Fault` when it does not work or is another network.
    """
    classes = subject.submitted.logits.argmax(axis=1)
    program = subject.submission.file(Role.PROGRAM)
    assert program is not None
    agreement = float((classes == subject.decided.classes).mean())
    evidence = written(tally(classes, subject.images), ProgramEvidence(agreement=agreement))
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
