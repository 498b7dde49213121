"""The parts of a run, and their records in a folder."""

from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.experiments.parts import (
    WAYS,
    Pruning,
    Quantizing,
    Training,
    board_engine,
    experiment_path,
    is_board_engine,
    is_program_engine,
    parts_of,
    read_run,
    seed_folder,
)
from grader.experiments.record import write_record
from tests.experiments.results import CONDITIONS, seed_result
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


def test_a_seed_trains_once_then_quantizes_then_prunes() -> None:
    """float32 has one row of torch and one of ExecuTorch, the others one for each engine."""
    training, *others = parts_of(LAB, 3, ("fbgemm", "qnnpack", "executorch"))
    assert training == Training(seed=3)
    rows = [(each.row, each.engine) for each in others if isinstance(each, Quantizing)]
    assert rows[:3] == [("float32", ""), ("float32", "executorch"), ("D float16", "fbgemm")]
    assert len(rows) == 2 + 3 * 3
    pruned = [each for each in others if isinstance(each, Pruning)]
    assert len(pruned) == 3 * 21 == len(others) - len(rows)
    assert [each.iteration for each in pruned[:21]] == list(range(21))


def test_no_two_parts_have_one_record(tmp_path: Path) -> None:
    """And each names itself for the progress."""
    engines = ("fbgemm", "qnnpack", "executorch")
    parts = [part for seed in (0, 1) for part in parts_of(LAB, seed, engines)]
    assert len({each.record(seed_folder(tmp_path, each.seed)) for each in parts}) == len(parts)
    assert len({str(each) for each in parts}) == len(parts)


def test_what_is_finished_is_read(tmp_path: Path) -> None:
    """A seed that has only begun has no rows yet; the seeds are in order."""
    write_record(experiment_path(tmp_path), LAB)
    result = seed_result(LAB, 10, 0.9)
    folder = seed_folder(tmp_path, 10)
    write_record(folder.conditions, result.conditions)
    write_record(folder.quantization("float32", ""), result.quantization[0])
    for row in result.pruning["with-rewinding"][:12]:
        write_record(folder.pruning("with-rewinding", row.iteration), row)
    write_record(seed_folder(tmp_path, 0).conditions, CONDITIONS)
    spec, (begun, found) = read_run(tmp_path)
    assert spec == LAB
    assert (begun.conditions.seed, begun.quantization) == (0, ())
    assert found.quantization == result.quantization[:1]
    assert found.pruning["with-rewinding"] == result.pruning["with-rewinding"][:12]
    assert [found.pruning[way] for way in WAYS[:2]] == [(), ()]


def test_another_folder_is_told(tmp_path: Path) -> None:
    """With the command that makes results."""
    with pytest.raises(GraderError) as error:
        read_run(tmp_path)
    assert "experiment run" in str(error.value.help)


def test_a_board_has_rows_of_its_own() -> None:
    """As ExecuTorch here, also for float32, in files with its name."""
    engine = board_engine("pi-desk")
    rows = [each for each in parts_of(LAB, 0, ("fbgemm", engine)) if isinstance(each, Quantizing)]
    assert [each.row for each in rows if each.engine == engine] == list(LAB.quantization)
    assert rows[1].record(seed_folder(Path("out"), 0)).name == "float32-executorch-on-pi-desk.json"
    assert is_board_engine(engine)
    assert not is_board_engine("executorch")
    assert [is_program_engine(each) for each in (engine, "executorch", "fbgemm", "")] == [
        True,
        True,
        False,
        False,
    ]
