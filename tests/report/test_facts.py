from dataclasses import replace

from grader.evidence.accuracy import Rate
from grader.report.facts import facts, interval
from grader.types import Json, Measurement, Status
from tests.report.measured import (
    ANOTHER_PROGRAM,
    accuracy,
    archive,
    latency,
    layout,
    lineage,
    operations,
)


def test_mflops_are_told_to_the_last_digit() -> None:
    """The count comes first and whole, then parameters, size and sparsity."""
    assert facts(operations(43.396277)) == (
        "43.396277 MFLOPs, 13.61 % of unpruned",
        "462,210 parameters, checkpoint 1.9 MB",
        "sparsity 79.31 % of the unpruned network's weights",
    )


def test_accuracy_is_told_with_both_counts() -> None:
    """All images and the notebook's 9,984 are told, so that a claim can be reconciled."""
    assert facts(accuracy("accuracy.pytorch", 9_311)) == (
        "93.11 %, 9311 of 10000 images",
        "as the notebook counts: 93.11 %, 9296 of 9984",
    )


def test_a_sample_is_never_told_as_the_grade() -> None:
    """An accuracy of a sample comes with the words and its interval."""
    told = facts(accuracy("accuracy.pytorch", 928, 1_000))
    assert told[1] == "sample, not the grade: 95 % interval 91.03 % to 94.24 %"


def test_agreement_is_told_of_a_program_without_an_accuracy() -> None:
    """A program that is another network has no accuracy, and how far it agrees is still told."""
    assert facts(ANOTHER_PROGRAM) == ("same answer as the checkpoint on 71.40 %",)


def test_latency_is_told_for_each_number_of_threads() -> None:
    """One line a number of threads, with percentiles and the speed-up."""
    assert facts(latency(2.0, 5.0)) == (
        "1 thread: p50 2.00 ms, p90 2.16 ms, p99 2.42 ms, 5.00x as fast as unpruned",
        "2 threads: p50 1.20 ms, p90 1.30 ms, p99 1.45 ms, 5.00x as fast as unpruned",
    )


def test_lineage_tells_the_container_and_what_is_gone() -> None:
    """How the checkpoint was saved and read, whether it answers alike, and removed blocks."""
    assert facts(lineage(0.5, removed=("features.5",))) == (
        "full pickle, isolation: bubblewrap",
        "its own answers and the rebuilt network's: agree, by 4.2e-07 of the largest logit at most",
        "blocks removed: features.5",
    )


def test_a_long_list_of_names_is_cut() -> None:
    """Of a hundred ignored files five are named and the rest counted."""
    names = [f"junk{number}" for number in range(100)]
    told = facts(replace(archive(), evidence={"ignored": list(names)}))
    assert told == ("ignored: junk0, junk1, junk2, junk3, junk4 and 95 more",)


def test_missing_files_are_named() -> None:
    """What a layout lacks is told beside the form that was found."""
    told = facts(replace(layout(), evidence={"layout": None, "missing": ["model/mobilenet.pth"]}))
    assert told == ("missing: model/mobilenet.pth",)


def test_a_check_unknown_to_the_page_has_nothing_to_tell() -> None:
    """A measurement of a later grader is shown without facts."""
    assert facts(Measurement(id="notebook", status=Status.PASSED)) == ()


def test_an_interval_that_was_not_measured_says_so() -> None:
    """Without bounds there are words, not numbers."""
    bare = Measurement(id="accuracy.pytorch", status=Status.PASSED, value=0.9)
    assert interval(Rate.read(bare)) == interval(None) == "not known"


def test_what_a_runner_printed_is_told_beside_ours() -> None:
    """Its number as it stands, ours in percent, and how many images it says it looked at."""
    evidence: dict[str, Json] = {
        "printed": "0.9310",
        "ours_checkpoint": 0.931,
        "looked_at": 10_000,
        "images_per_second": 12.4,
        "ended": "ended with exit code 0",
    }
    ran = Measurement(id="accuracy.runner", status=Status.PASSED, value=0.931, evidence=evidence)
    assert facts(ran) == (
        "it printed 0.9310; PyTorch's accuracy of the .pth is 93.10 %",
        "it says that it looked at 10,000 images, 12 a second",
    )
    crash: dict[str, Json] = {"ended": "crashed (SIGSEGV)"}
    died = replace(ran, status=Status.FAILED, reason="It crashed.", help="Run it.", evidence=crash)
    assert facts(died) == ("it crashed (SIGSEGV)",)


def test_a_look_under_emulation_is_told_as_one() -> None:
    """Nobody takes its number for the accuracy: the images are counted, and it is a sample."""
    evidence: dict[str, Json] = {
        "emulated": "qemu-aarch64-static",
        "total": 20,
        "printed": "0.9",
        "ours_checkpoint": 0.95,
        "ours_program": 0.9,
    }
    tried = Measurement(
        id="accuracy.runner", status=Status.SKIPPED, reason="It needs a device.", evidence=evidence
    )
    assert facts(tried) == (
        "under emulation (qemu-aarch64-static), 20 images: sample, not the grade",
        "it printed 0.9; PyTorch's accuracy of the .pth is 95.00 %; "
        "ExecuTorch's of the .pte is 90.00 %",
    )


def test_latency_on_a_device_is_told_with_its_warmth() -> None:
    """Where it was measured, the times, the temperature around them, and a throttled run."""
    row: dict[str, Json] = {"threads": 1, "p50": 21.5, "p90": 22.0, "p99": 30.0, "speedup": 3.1}
    health: list[Json] = [
        {"temperature_c": 51.2, "throttled": False},
        {"temperature_c": 79.9, "throttled": True},
    ]
    evidence: dict[str, Json] = {"device": "pi4", "threads": [row], "health": health}
    timed = Measurement(
        id="latency.device", status=Status.PASSED, value=21.5, unit="ms", evidence=evidence
    )
    assert facts(timed) == (
        "on pi4",
        "1 thread: p50 21.50 ms, p90 22.00 ms, p99 30.00 ms, 3.10x as fast as unpruned",
        "51 C before, 80 C after",
        "the device slowed itself down meanwhile",
    )


def test_a_notebook_is_told_by_its_cells() -> None:
    """How many there are, how many were run, and what is left of errors."""
    evidence: dict[str, Json] = {"code_cells": 4, "executed": 3, "errors": 2, "cut": 0}
    read = Measurement(id="notebook", status=Status.PASSED, value=9, evidence=evidence)
    assert facts(read) == (
        "9 cells, 3 of 4 code cells were run",
        "errors left in the output of 2",
    )
    assert facts(replace(read, evidence={**evidence, "errors": 0, "cut": 1}))[1:] == (
        "1 cells and outputs are too long to be shown whole",
    )
