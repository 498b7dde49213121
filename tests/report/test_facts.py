from dataclasses import replace

from grader.evidence.accuracy import Rate
from grader.evidence.latency import LatencyEvidence
from grader.report.facts import BUSY_MARK, SAMPLE, busy_mark, facts, interval
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
    """The exact count comes first, then parameters, size and sparsity."""
    count, size, sparsity = facts(operations(43.396277))
    assert all(value in count for value in ("43.396277 MFLOPs", "13.61 %"))
    assert all(value in size for value in ("462,210 parameters", "1.9 MB"))
    assert "79.31 %" in sparsity


def test_accuracy_is_told_with_both_counts() -> None:
    """The lines have all images and the notebook's 9,984, to compare with the claims."""
    ours, notebook = facts(accuracy("accuracy.pytorch", 9_311))
    assert all(value in ours for value in ("93.11 %", "9311", "10000"))
    assert all(value in notebook for value in ("93.11 %", "9296", "9984"))


def test_a_sample_is_never_told_as_the_grade() -> None:
    """An accuracy of a sample is marked as such and has its interval."""
    told = facts(accuracy("accuracy.pytorch", 928, 1_000))
    assert all(each in told[1] for each in (SAMPLE, "91.03 % to 94.24 %"))


def test_agreement_is_told_of_a_program_without_an_accuracy() -> None:
    """The program of another network has no accuracy but an agreement."""
    (line,) = facts(ANOTHER_PROGRAM)
    assert "71.40 %" in line


def test_a_converted_program_is_told_with_its_originals_hash() -> None:
    """What was measured is not the file that was handed in, byte for byte."""
    original = "ca" * 32
    lines = facts(replace(ANOTHER_PROGRAM, evidence={"converted_from": original}))
    assert any(original in line for line in lines)


def test_why_pytorch_classified_all_images_is_told() -> None:
    """It is rare, and takes ten times as long."""
    usual = accuracy("accuracy.pytorch", 928, 1_000)
    told = facts(replace(usual, evidence={**usual.evidence, "all_because": "it may overflow"}))
    assert any("it may overflow" in line for line in told)


def test_latency_is_told_for_each_number_of_threads() -> None:
    """There is one line for each number of threads, with percentiles and the speed-up."""
    one, two = facts(latency(2.0, 5.0))
    for line, values in (
        (one, ("1 thread:", "p50 2.00 ms", "p90 2.16 ms", "p99 2.42 ms", "5.00x")),
        (
            two,
            (
                "2 threads, all processors of the grading machine:",
                "p50 1.20 ms",
                "p90 1.30 ms",
                "p99 1.45 ms",
                "5.00x",
            ),
        ),
    ):
        assert all(value in line for value in values)


def test_a_latency_of_a_busy_machine_is_marked() -> None:
    """Each of its numbers, with the meaning of the sign below; no number of another one."""
    measured = latency(2.0, 5.0, busy=True)
    one, two, meaning = facts(measured)
    for line in (one, two):
        assert line.count(BUSY_MARK) == 4
    assert f"p50 {BUSY_MARK}2.00 ms" in one
    assert meaning.startswith(BUSY_MARK)
    assert "other work" in meaning
    assert BUSY_MARK not in " ".join(facts(latency(2.0, 5.0, busy=False)))


def test_only_the_busy_timing_is_marked() -> None:
    """The other number of threads was measured in peace; a second pass is told."""
    found = LatencyEvidence.read(latency(2.0, 5.0, busy=True))
    first, second = found.timings
    mixed = replace(found, threads=(replace(first, busy=False), second), passes=2)
    one, two, twice, meaning = facts(replace(latency(2.0, 5.0), evidence=mixed.json()))
    assert (one.count(BUSY_MARK), two.count(BUSY_MARK)) == (0, 4)
    assert "twice" in twice
    assert meaning.startswith(BUSY_MARK)
    assert [busy_mark(each) for each in mixed.timings] == ["", BUSY_MARK]


def test_lineage_has_the_container_and_removed_blocks() -> None:
    """The lines have the file format, the isolation, the comparison and removed blocks."""
    container, answers, removed = facts(lineage(0.5, removed=("features.5",)))
    assert all(each in container for each in ("full pickle", "bubblewrap"))
    assert all(each in answers for each in ("agree", "4.2e-07"))
    assert "features.5" in removed


def test_a_long_list_of_names_is_cut() -> None:
    """Of a hundred ignored files, five are named and the others counted."""
    names = [f"junk{number}" for number in range(100)]
    told = facts(replace(archive(), evidence={"ignored": list(names)}))
    (line,) = told
    assert "junk4" in line
    assert "junk5" not in line
    assert "95" in line


def test_a_reason_is_not_repeated_as_a_fact() -> None:
    """A layout's reason names the missing files, a question's says that it was not found."""
    lacking = replace(layout(), evidence={"layout": None, "missing": ["model/mobilenet.pth"]})
    assert facts(lacking) == ()
    question = Measurement(
        id="question.2",
        status=Status.SKIPPED,
        reason="The question was not found.",
        evidence={"state": "not found", "cell": None},
    )
    assert facts(question) == ()
    assert facts(replace(question, evidence={"state": "empty", "cell": 3})) == ("empty, cell 3",)


def test_what_was_opened_and_what_was_not_followed_is_named() -> None:
    """The zip in the hand-in, and links in an environment."""
    evidence: dict[str, Json] = {"inside": "B1.zip", "links": [".venv/bin/python"]}
    inside, links = facts(replace(archive(), evidence=evidence))
    assert "B1.zip" in inside
    assert ".venv/bin/python" in links


def test_a_measurement_without_evidence_has_no_facts() -> None:
    """It is shown without facts."""
    assert facts(Measurement(id="notebook", status=Status.PASSED)) == ()


def test_an_interval_that_was_not_measured_says_so() -> None:
    """Without bounds the text has no numbers."""
    bare = Measurement(id="accuracy.pytorch", status=Status.PASSED, value=0.9)
    assert interval(Rate.read(bare)) == interval(None)
    assert "%" not in interval(None)


def test_what_a_runner_printed_is_told_beside_ours() -> None:
    """The printed number, the grader's in percent, and the number of processed images."""
    evidence: dict[str, Json] = {
        "printed": "0.9310",
        "ours_checkpoint": 0.931,
        "looked_at": 10_000,
        "images_per_second": 12.4,
        "ended": "ended with exit code 0",
    }
    ran = Measurement(id="accuracy.runner", status=Status.PASSED, value=0.931, evidence=evidence)
    printed, images = facts(ran)
    assert all(each in printed for each in ("0.9310", "93.10 %"))
    assert all(each in images for each in ("10,000", "12"))
    crash: dict[str, Json] = {"ended": "crashed (SIGSEGV)"}
    died = replace(ran, status=Status.FAILED, reason="It crashed.", help="Run it.", evidence=crash)
    (line,) = facts(died)
    assert "SIGSEGV" in line


def test_a_run_under_emulation_is_marked() -> None:
    """The line has the emulator and the number of images, and says that it is a sample."""
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
    emulated, printed = facts(tried)
    assert all(each in emulated for each in ("qemu-aarch64-static", "20 images", SAMPLE))
    assert all(each in printed for each in ("0.9;", "95.00 %", "90.00 %"))


def test_latency_on_a_device_is_told_with_its_warmth() -> None:
    """The device, the latencies, the temperatures before and after, and a throttled run."""
    row: dict[str, Json] = {"threads": 1, "p50": 21.5, "p90": 22.0, "p99": 30.0, "speedup": 3.1}
    health: list[Json] = [
        {"temperature_c": 51.2, "throttled": False},
        {"temperature_c": 79.9, "throttled": True},
    ]
    evidence: dict[str, Json] = {"device": "pi4", "threads": [row], "health": health}
    timed = Measurement(
        id="latency.device", status=Status.PASSED, value=21.5, unit="ms", evidence=evidence
    )
    device, times, warmth, throttled = facts(timed)
    assert "pi4" in device
    assert all(each in times for each in ("21.50 ms", "22.00 ms", "30.00 ms", "3.10x"))
    assert warmth.index("51 C") < warmth.index("80 C")
    assert throttled
    cool = {**evidence, "health": health[:1]}
    assert facts(replace(timed, evidence=cool))[3:] == ()


def test_a_notebook_is_told_by_its_cells() -> None:
    """The numbers of cells, of executed cells and of errors."""
    evidence: dict[str, Json] = {"code_cells": 4, "executed": 3, "errors": 2, "cut": 0}
    read = Measurement(id="notebook", status=Status.PASSED, value=9, evidence=evidence)
    cells, errors = facts(read)
    assert all(each in cells for each in ("9 cells", "3 of 4"))
    assert "2" in errors
    _, cut = facts(replace(read, evidence={**evidence, "errors": 0, "cut": 1}))
    assert "1" in cut
