"""The exact parts, held to the measured facts of the lab and to files that torch writes."""

import contextlib
import subprocess
import sys

import pytest
import torch

from grader.errors import GraderError
from grader.experiments import exact, prune, quantize
from grader.experiments.exact import Change, changed
from grader.experiments.saved_size import saved_size
from grader.experiments.training import untrained
from grader.labs.experiment import Quantization
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


@pytest.mark.parametrize(
    ("change", "parameters"),
    [
        (Change(), 1_470_474),
        (Change(crop=28), 1_863_690),
        (Change(hidden=(1024,)), 420_874),
        (Change(hidden=(1024,) * 3), 2_520_074),
    ],
)
def test_a_declared_change_changes_the_parameters(change: Change, parameters: int) -> None:
    """The facts of the lab, counted from its own numbers."""
    assert exact.parameters(changed(LAB, change)) == parameters


def test_biases_are_not_prunable() -> None:
    """All other parameters are."""
    assert exact.prunable_weights(LAB) == 1_468_416


@pytest.mark.parametrize(
    ("row", "measured"),
    [
        ("float32", (5_884_529,)),
        ("D float16", (5_886_409,)),
        ("D qint8", (1_481_289, 1_481_225)),
        ("S qint8", (1_516_865, 1_482_725)),
    ],
)
def test_the_sizes_are_those_of_the_facts(row: Quantization, measured: tuple[int, ...]) -> None:
    """To the byte, for every engine; float32 also if the images are not cropped."""
    assert tuple(each.bytes for each in exact.sizes(LAB, row)) == measured
    (uncropped,) = exact.sizes(changed(LAB, Change(crop=28)), "float32")
    assert uncropped.bytes == 7_457_393


def test_the_sizes_that_mean_a_mistake_do_not_fit() -> None:
    """`.half()` and an uncropped network have sizes of their own, and int8 is no float16."""
    half = exact.half_size(LAB)
    assert round(half.bytes / 1e6, 2) == 2.94
    assert not any(each.fits(half.bytes) for each in exact.sizes(LAB, "D float16"))
    assert not any(each.fits(1_515_000) for each in exact.sizes(LAB, "D float16"))
    (uncropped,) = exact.sizes(changed(LAB, Change(crop=28)), "float32")
    assert uncropped.fits(7_457_393)
    assert not exact.sizes(LAB, "float32")[0].fits(7_457_393)


def test_the_sparsities_are_those_of_the_facts() -> None:
    """Each iteration prunes a rounded third of what remains."""
    steps = exact.pruning(LAB)
    assert len(steps) == 21
    shown = [f"{100 * each.sparsity:.2f}" for each in steps]
    assert shown[:7] == ["0.00", "33.00", "55.11", "69.92", "79.85", "86.50", "90.95"]
    assert shown[-1] == "99.97"
    assert steps[1].remaining == 1_468_416 - round(0.33 * 1_468_416)


def test_the_law_of_the_disk_is_that_of_the_facts() -> None:
    """Dense and masked are constant; sparse is 20 bytes for each weight, and 28.7 kB."""
    steps = exact.pruning(LAB)
    assert {round(each.dense.bytes / 1e6, 3) for each in steps} == {5.885}
    assert {round(each.masked.bytes / 1e6, 3) for each in steps} == {11.759}
    assert round(steps[1].sparse.bytes / 1e6, 1) == 19.7
    for each in steps:
        assert abs(each.sparse.bytes - 20 * each.remaining - 28_700) < 100
    assert 0.80 < exact.break_even(LAB) < 0.81


@pytest.mark.parametrize(
    "change",
    [
        Change(),
        Change(crop=28, hidden=(300,)),
        Change(hidden=(256, 128, 64)),
        Change(hidden=()),
        Change(prune_fraction=0.5, prune_iterations=3),
    ],
    ids=str,
)
def test_torch_writes_files_of_these_sizes(change: Change) -> None:
    """Every way to save, and every row that an engine of this machine supports."""
    spec = changed(LAB, change)
    network = untrained(spec, 0).eval()
    inputs = torch.rand(8, exact.widths(spec)[0])
    assert sum(each.numel() for each in network.parameters()) == exact.parameters(spec)
    assert abs(saved_size(network.state_dict()) - exact.sizes(spec, "float32")[0].bytes) < 100
    for engine in quantize.engines():
        for row in spec.quantization[1:]:
            with quantize.using(engine):
                try:
                    made = quantize.quantized(network, row, inputs)
                except quantize.Unsupported:
                    continue
                assert any(
                    abs(each.bytes - saved_size(made.state_dict())) < 100
                    for each in exact.sizes(spec, row)
                )
    for step in exact.pruning(spec)[1:3]:
        prune.prune_once(network, spec.prune_fraction)
        assert prune.remaining(network) == step.remaining
        found = prune.disk_sizes(network, prune.permanent(network))
        for size, expected in (
            (found.masked, step.masked),
            (found.dense, step.dense),
            (found.sparse, step.sparse),
        ):
            assert abs(size - expected.bytes) < 256


@pytest.mark.slow  # large layers
def test_torch_writes_the_files_of_the_facts() -> None:
    """The lab's network, saved and quantized on each engine: the same bytes as are expected."""
    network = untrained(LAB, 0).eval()
    inputs = torch.rand(64, exact.widths(LAB)[0])
    assert saved_size(network.state_dict()) == 5_884_529
    found: dict[Quantization, set[int]] = {}
    for engine in quantize.engines():
        for row in LAB.quantization[1:]:
            with quantize.using(engine), contextlib.suppress(quantize.Unsupported):
                made = quantize.quantized(network, row, inputs)
                found.setdefault(row, set()).add(saved_size(made.state_dict()))
    for quantization, sizes in found.items():
        assert sizes <= {each.bytes for each in exact.sizes(LAB, quantization)}
    if {"x86", "qnnpack"} <= set(quantize.engines()):
        assert found == {
            "D float16": {5_886_409},
            "D qint8": {1_481_289, 1_481_225},
            "S qint8": {1_516_865, 1_482_725},
        }


def test_a_crop_that_does_not_fit_is_told() -> None:
    """With the size of the images."""
    with pytest.raises(GraderError, match="28x28"):
        exact.parameters(changed(LAB, Change(crop=29)))


def test_the_facts_need_no_torch() -> None:
    """In a new process: a class of write-ups is checked without it."""
    code = "import sys, grader.experiments.exact; print('torch' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "False"
