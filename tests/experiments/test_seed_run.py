"""One seed's run, part by part."""

from pathlib import Path

import pytest

from grader.experiments.exact import pruning
from grader.experiments.images import ExperimentImages
from grader.experiments.parts import WAYS, Part, Pruning, Quantizing, SeedFolder, parts_of
from grader.experiments.quantize import engines
from grader.experiments.record import PruningRow, QuantizationRow, read_record
from grader.experiments.seed_run import SeedRun
from tests.experiments.tiny import tiny_experiment

SPEC = tiny_experiment()


def ran(folder: SeedFolder, images: ExperimentImages, parts: list[Part]) -> None:
    """Run the parts in one process."""
    run = SeedRun(SPEC, images, folder)
    for part in parts:
        run.run(part)


def test_a_resumed_run_gives_what_a_run_without_a_break_gives(
    tmp_path: Path, images: ExperimentImages
) -> None:
    """Each part may be run by another process: accuracies and sizes are the same."""
    parts = list(parts_of(SPEC, 0, ()))
    whole, broken = (SeedFolder(path=tmp_path / name) for name in ("whole", "broken"))
    ran(whole, images, parts)
    for part in parts:
        ran(broken, images, [part])
    for part in parts:
        if isinstance(part, Pruning):
            one, two = (read_record(part.record(each), PruningRow) for each in (whole, broken))
            assert (one.accuracy, one.remaining, one.sparse) == (
                two.accuracy,
                two.remaining,
                two.sparse,
            )


def test_counts_and_sizes_are_the_exact_ones(tmp_path: Path, images: ExperimentImages) -> None:
    """In every way of pruning; of the states only the last of each way is kept."""
    folder = SeedFolder(path=tmp_path)
    ran(folder, images, list(parts_of(SPEC, 0, ())))
    for way in WAYS:
        for step in pruning(SPEC):
            row = read_record(folder.pruning(way, step.iteration), PruningRow)
            assert (row.remaining, row.sparsity) == (step.remaining, step.sparsity)
            assert step.dense.fits(row.dense)
            assert step.masked.fits(row.masked)
            assert step.sparse.fits(row.sparse)
            assert [each.batch for each in row.latencies] == [1, 8]
    assert sorted(each.name for each in tmp_path.glob("*.pt")) == sorted(
        ["trained.pt", *(folder.state(way, SPEC.prune_iterations).name for way in WAYS)]
    )


def test_a_row_that_an_engine_refuses_has_its_reason(
    tmp_path: Path, images: ExperimentImages
) -> None:
    """And no numbers; the plain row has all of them."""
    if "qnnpack" not in engines():
        pytest.skip("this machine has no qnnpack")
    folder = SeedFolder(path=tmp_path)
    training, plain, *_ = parts_of(SPEC, 0, ())
    refused = Quantizing(seed=0, row="D float16", engine="qnnpack")
    ran(folder, images, [training, plain, refused])
    row = read_record(refused.record(folder), QuantizationRow)
    assert "QNNPACK" in row.unsupported
    assert (row.bytes, row.accuracy, row.latencies) == (None, None, ())
    row = read_record(plain.record(folder), QuantizationRow)
    assert row.parameters == 36 * 16 + 16 + 16 * 12 + 12 + 12 * 10 + 10
    assert row.accuracy is not None
