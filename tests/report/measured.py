"""Invented measurements for tests of reports."""

import math
from random import Random

from grader.networks.mobilenet_v2.blueprint import ORIGINAL
from grader.types import Json, Measurement, Status


def wilson(correct: int, total: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a fraction."""
    z, share = 1.959964, correct / total
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return (middle - half) / scale, (middle + half) / scale


def archive() -> Measurement:
    """A correct zip."""
    evidence: dict[str, Json] = {
        "archive": "zip",
        "entries": 4,
        "unpacked_bytes": 2_346_559,
        "ignored": [".DS_Store"],
    }
    return Measurement(id="intake.archive", status=Status.PASSED, evidence=evidence, seconds=0.02)


def layout(review: str | None = None) -> Measurement:
    """Both files at the right paths."""
    evidence: dict[str, Json] = {"layout": "revised", "files": [], "missing": []}
    return Measurement(
        id="intake.layout", status=Status.PASSED, review=review, evidence=evidence, seconds=0.01
    )


def lineage(keep: float, review: str | None = None, removed: tuple[str, ...] = ()) -> Measurement:
    """A MobileNetV2 with about the share `keep` of every layer's channels, without some blocks."""
    random = Random(keep)  # noqa: S311 - an invented network
    widths: list[Json] = []
    for width in ORIGINAL.widths():
        gone = width.layer.split()[0] in removed
        share = keep * (0.7 + 0.6 * random.random())
        kept = 0 if gone else max(1, min(width.original, round(width.original * share)))
        widths.append({"layer": width.layer, "original": width.original, "kept": kept})
    evidence: dict[str, Json] = {
        "isolation": "bubblewrap",
        "container": "full pickle",
        "widths": widths,
        "removed_blocks": list(removed),
        "largest_difference": 0.31 if review else 4.2e-7,
        "answers": "differ" if review else "agree",
    }
    return Measurement(
        id="structure.lineage",
        status=Status.PASSED,
        review=review,
        evidence=evidence,
        seconds=2.71,
    )


def operations(mflops: float) -> Measurement:
    """The count of a pruned network."""
    evidence: dict[str, Json] = {
        "operations": round(mflops * 1e6),
        "unpruned_mflops": 318.969098,
        "parameters": 462_210,
        "checkpoint_bytes": 1_934_482,
        "sparsity": 0.7931,
        "layers": [],
    }
    return Measurement(
        id="mflops",
        status=Status.PASSED,
        value=mflops,
        unit="MFLOPs",
        evidence=evidence,
        seconds=0.44,
    )


def accuracy(id: str, correct: int, total: int = 10_000) -> Measurement:
    """An accuracy; fewer than 10,000 images are a sample."""
    low, high = wilson(correct, total)
    evidence: dict[str, Json] = {
        "correct": correct,
        "total": total,
        "sample": total < 10_000,
        "low": low,
        "high": high,
    }
    if id == "accuracy.pytorch" and total == 10_000:
        evidence |= {"correct_9984": correct - 15, "total_9984": 9_984, "decided_again": 8}
    if id != "accuracy.pytorch":
        evidence |= {"agreement": 0.9998}
    return Measurement(
        id=id, status=Status.PASSED, value=correct / total, evidence=evidence, seconds=12.3
    )


def latency(p50: float, speedup: float, busy: bool | None = None) -> Measurement:
    """Latencies on one thread and on two; `busy` is None as in old reports."""
    known: dict[str, Json] = {} if busy is None else {"busy": busy, "unpruned_spread": 0.08}

    def on(threads: int, p50: float) -> Json:
        return {
            "threads": threads,
            "p50": p50,
            "p90": p50 * 1.08,
            "p99": p50 * 1.21,
            "spread": 0.09,
            "unpruned_p50": p50 * speedup,
            "speedup": speedup,
            **known,
        }

    return Measurement(
        id="latency.executorch",
        status=Status.PASSED,
        value=p50,
        unit="ms",
        evidence={"warm_up": 10, "runs": 100, "threads": [on(1, p50), on(2, p50 * 0.6)]},
        seconds=4.9,
    )


def skipped(*ids: str, needed: str) -> tuple[Measurement, ...]:
    """Measurements skipped because `needed` did not pass."""
    why = f"It needs {needed}, which did not pass."
    return tuple(Measurement(id=each, status=Status.SKIPPED, reason=why) for each in ids)


NO_PROGRAM = Measurement(
    id="accuracy.program", status=Status.SKIPPED, reason="No program was handed in."
)
OLD_PROGRAM = Measurement(
    id="accuracy.program",
    status=Status.SKIPPED,
    reason="model/mobilenet.pte was made by an ExecuTorch that today's runtime no longer reads; "
    "the program exported from the .pth was measured instead.",
    help="Export it again with executorch 1.4 to have your own program measured.",
)
NO_ISOLATION = Measurement(
    id="accuracy.program",
    status=Status.SKIPPED,
    reason="model/mobilenet.pte needs isolation to be run.",
    help="Install bubblewrap (`apt install bubblewrap`), or accept the risk with --unsandboxed.",
)
ANOTHER_PROGRAM = Measurement(
    id="accuracy.program",
    status=Status.FAILED,
    reason="model/mobilenet.pte is not the network of the .pth: they agree on 71.4% of the images.",
    help="Export the .pte from the same model that you save as .pth.",
    expected="at least 98%",
    actual="71.4%",
    evidence={"correct": 7015, "total": 10_000, "sample": False, "agreement": 0.714},
)
NOT_MOBILENET = Measurement(
    id="structure.lineage",
    status=Status.FAILED,
    reason="model/mobilenet.pth is not a pruned MobileNetV2: features.3.weight is not one of its "
    "tensors.",
    help="Prune torchvision's mobilenet_v2 and save the whole model with torch.save.",
    expected="features.1.conv.0.0.weight, features.1.conv.0.1.weight, …",
    actual="features.0.weight, features.3.weight, … (a VGG)",
    evidence={"isolation": "bubblewrap", "container": "full pickle"},
    seconds=1.3,
)
NO_MODEL = Measurement(
    id="intake.layout",
    status=Status.FAILED,
    reason="model/mobilenet.pth is missing.",
    help="Put the pruned model there and make the zip again: `grader pack FOLDER` does it.",
    expected="model/mobilenet.pth, {id}.ipynb",
    actual="mobilenet.pth, {id}.ipynb",
    evidence={"layout": None, "files": [], "missing": ["model/mobilenet.pth"]},
)
HOSTILE_PICKLE = Measurement(
    id="structure.lineage",
    status=Status.FAILED,
    reason="model/mobilenet.pth asks for os.system, which no model needs: it was not run.",
    help="Save the model with torch.save(model, path) and nothing else in it.",
    seconds=0.6,
)
OUR_ERROR = Measurement(
    id="accuracy.pytorch",
    status=Status.ERROR,
    reason="The child that measures ran out of memory (4 GiB).",
    help="Not the hand-in's doing: grade it again with --jobs 1.",
    seconds=31.0,
)
