from dataclasses import replace

from grader.report.evidence import rate
from grader.report.facts import facts, interval
from grader.types import Measurement, Status
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
    assert interval(rate(bare)) == interval(None) == "not known"
