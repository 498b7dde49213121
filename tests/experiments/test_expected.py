"""The expectation of each cell, held to the facts of the lab."""

import subprocess
import sys

import pytest

from grader.experiments.exact import Change, changed
from grader.experiments.expectation import CellFit, Fit
from grader.experiments.expected import ROWS, expected_cells
from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab
from tests.experiments.tiny import lab_experiment

SPEC = lab_experiment()
LAB = load_lab("on-device-2022")
assert isinstance(LAB, WriteUpLab)
QUANTIZATION, PRUNING = LAB.tables


def fit(row: str, column: str, value: float, step: float = 0.0) -> CellFit:
    """The fit of a value in a row of the quantization table, or of the iteration `row`."""
    table = PRUNING if row.isdecimal() else QUANTIZATION
    return expected_cells(SPEC, table, row)[column].fit(value, step)


def cause(found: CellFit) -> str:
    """The cause of a known mistake, "" if there is none."""
    return "" if found.mistake is None else found.mistake.cause


def test_every_row_of_the_shipped_lab_has_expectations() -> None:
    """The row ids are those of the lab file."""
    assert {each.id for each in QUANTIZATION.rows} == set(ROWS)
    for row in ROWS:
        assert set(expected_cells(SPEC, QUANTIZATION, row)) == {"size", "parameters"}
    for iteration in range(21):
        found = expected_cells(SPEC, PRUNING, str(iteration))
        assert set(found) == {"sparsity", "disk"}


def test_an_unknown_row_has_no_expectations() -> None:
    """Another lab's row, and an iteration beyond the last."""
    assert expected_cells(SPEC, QUANTIZATION, "static-float16") == {}
    assert expected_cells(SPEC, PRUNING, "21") == {}


@pytest.mark.parametrize(
    ("row", "bytes"),
    [
        ("float32", 5_884_529),
        ("float32", 5_612_000),  # 1 MB as 1024² bytes
        ("float32", 5_747_000),  # 1 kB as 1024 bytes
        ("dynamic-float16", 5_886_409),
        ("dynamic-qint8", 1_481_289),
        ("dynamic-qint8", 1_481_225),
        ("static-qint8", 1_516_865),
        ("static-qint8", 1_482_725),
    ],
)
def test_the_sizes_of_the_facts_are_equal(row: str, bytes: int) -> None:
    """On every engine, and in both units that students call MB."""
    assert fit(row, "size", bytes, 1_000).fit is Fit.EQUAL


@pytest.mark.parametrize(
    ("row", "bytes", "word"),
    [
        ("dynamic-float16", 2_940_000, ".half()"),
        ("dynamic-float16", 1_515_000, "int8"),
        ("dynamic-float16", 1_481_000, "int8"),
        ("float32", 7_457_393, "not cropped"),
        ("float32", 1_686_000, "1 hidden layer "),
        ("float32", 10_085_000, "3 hidden layers"),
        ("float32", 1_481_000, "quantized"),
        ("dynamic-qint8", 5_884_529, "before quantization"),
        ("static-qint8", 1_880_000, "not cropped"),
        ("float32", 1_894_000, "512"),
        ("float32", 3_000_000, ""),
    ],
)
def test_a_wrong_size_contradicts_with_its_usual_cause(row: str, bytes: int, word: str) -> None:
    """The causes are those of the facts."""
    found = fit(row, "size", bytes, 1_000)
    assert found.fit is Fit.CONTRADICTS
    assert word in cause(found)
    assert bool(word) == bool(cause(found))


def test_the_other_kind_of_int8_is_doubtful() -> None:
    """A per-channel size is that of static quantization."""
    assert fit("dynamic-qint8", "size", 1_516_865).fit is Fit.DOUBTFUL


def test_the_parameters() -> None:
    """0 and all are right for a quantized network; only all for float32."""
    for row in ROWS:
        assert fit(row, "parameters", 1_470_474).fit is Fit.EQUAL
        assert fit(row, "parameters", 1_470_000, 10_000).fit is Fit.EQUAL
        right = Fit.CONTRADICTS if row == "float32" else Fit.EQUAL
        assert fit(row, "parameters", 0).fit is right
    for count, word in ((1_863_690, "not cropped"), (420_874, "1 hidden"), (2_520_074, "3 hidden")):
        found = fit("float32", "parameters", count)
        assert found.fit is Fit.CONTRADICTS
        assert word in cause(found)
    assert fit("float32", "parameters", 1_468_416).fit is Fit.DOUBTFUL


@pytest.mark.parametrize(
    ("iteration", "percent", "step"),
    [
        ("0", 0, 1),
        ("1", 33, 1),
        ("1", 33.00, 0.01),
        ("1", 32.95, 0.01),  # of all parameters
        ("2", 55.11, 0.01),
        ("5", 86.5, 0.1),
        ("6", 90.95, 0.01),
        ("20", 99.97, 0.01),
        ("20", 100, 1),
    ],
)
def test_the_sparsities_of_the_facts_are_equal(iteration: str, percent: float, step: float) -> None:
    """Rounded or not; of the weights, or of all parameters."""
    assert fit(iteration, "sparsity", percent / 100, step / 100).fit is Fit.EQUAL


@pytest.mark.parametrize(
    ("iteration", "percent", "word"),
    [
        ("2", 66.0, "original weights"),
        ("3", 99.0, "original weights"),
        ("9", 99.0, "original weights"),
        ("2", 44.89, "remains"),
        ("1", 67.0, "leaves"),
        ("5", 33.0, "one iteration"),
        ("5", 25.0, ""),
    ],
)
def test_a_wrong_sparsity_contradicts_with_its_cause(
    iteration: str, percent: float, word: str
) -> None:
    """Each follows from the experiment's fraction."""
    found = fit(iteration, "sparsity", percent / 100, 0.0001)
    assert found.fit is Fit.CONTRADICTS
    assert word in cause(found)
    assert bool(word) == bool(cause(found))


def test_iterations_counted_from_another_number_are_doubtful() -> None:
    """In both directions."""
    assert fit("3", "sparsity", 0.5511, 0.0001).fit is Fit.DOUBTFUL
    assert fit("3", "sparsity", 0.7985, 0.0001).fit is Fit.DOUBTFUL


def test_the_disk_may_follow_several_laws() -> None:
    """A constant size is correct, with a remark; another one is doubtful, never wrong."""
    for iteration, bytes in (("1", 19_700_000), ("4", 5_945_000), ("20", 38_000)):
        found = fit(iteration, "disk", bytes, 10_000)
        assert (found.fit, found.expected.remark) == (Fit.EQUAL, "")
    for bytes in (5_885_000, 11_759_000):
        assert "zero" in fit("3", "disk", bytes, 1_000).expected.remark
    assert fit("0", "disk", 5_885_000, 1_000).expected.remark == ""
    assert fit("3", "disk", 4_200_000).fit is Fit.DOUBTFUL
    found = fit("3", "disk", 7_457_393)
    assert found.fit is Fit.DOUBTFUL
    assert "not cropped" in cause(found)


def test_a_changed_experiment_changes_the_expectations() -> None:
    """The size of uncropped images is then equal, and that of the lab is not."""
    spec = changed(SPEC, Change(crop=28))
    size = expected_cells(spec, QUANTIZATION, "float32")["size"]
    assert size.fit(7_457_393).fit is Fit.EQUAL
    assert size.fit(5_884_529).fit is Fit.CONTRADICTS


def test_expectations_need_no_torch() -> None:
    """In a new process: a class of write-ups is checked without it."""
    code = "import sys, grader.experiments.expected, grader.experiments.declared;"
    ended = subprocess.run(
        [sys.executable, "-c", f"{code} print('torch' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ended.stdout.strip() == "False"
