"""Top-1 accuracy in ExecuTorch: of our exported program, and of the handed-in program."""

from grader.errors import Fault
from grader.evaluators.accuracy import tally
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evidence.accuracy import ProgramEvidence
from grader.evidence.record import written
from grader.types import Finding, Role


def measure_exported(rebuilt: RebuiltSubmission) -> Finding:
    """Accuracy of the rebuilt network's own XNNPACK program, a fraction.

    Raises `Skip` without ExecuTorch, `HarnessError` if the program fails.
    """
    classes = rebuilt.program_logits.argmax(axis=1)
    return Finding(
        value=float((classes == rebuilt.images.labels).mean()),
        evidence=written(
            tally(classes, rebuilt.images),
            ProgramEvidence(
                agreement=float((classes == rebuilt.decided.classes).mean()),
                program_bytes=len(rebuilt.program),
            ),
        ),
    )


def measure_submitted(rebuilt: RebuiltSubmission) -> Finding:
    """Accuracy of the `.pte` that was handed in, run in the sandbox, a fraction.

    Raises `Skip` if there is none, if programs may not run on this machine, without ExecuTorch, or
    if an older or newer ExecuTorch made it and it cannot be run here; `Fault` if it does not work
    or is a different network.
    """
    submitted = rebuilt.submitted
    classes = submitted.logits.argmax(axis=1)
    program = rebuilt.submission.file(Role.PROGRAM)
    assert program is not None
    agreement = float((classes == rebuilt.decided.classes).mean())
    evidence = written(
        tally(classes, rebuilt.images),
        ProgramEvidence(
            agreement=agreement, converted_from=program.sha256 if submitted.converted else None
        ),
    )
    threshold = rebuilt.lab.accuracy.same_network_agreement
    if agreement < threshold:
        raise Fault(
            f"{program.name} is not the network of the .pth: they give the same class for "
            f"{agreement:.1%} of the images.",
            help="Export the .pte from the same model that you save as .pth.",
            expected=f"at least {threshold:.0%}",
            actual=f"{agreement:.1%}",
            evidence=evidence,
        )
    return Finding(value=float((classes == rebuilt.images.labels).mean()), evidence=evidence)
