from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.batch.measure import Plan, grade_batch
from grader.batch.record_folder import RecordFolder
from grader.batch.store import Store
from grader.commands.collected import RecordOptions, measured_class
from grader.evidence.ids import LATENCY
from grader.types import Measured, Status
from tests.fake_stages import STAGES, calls, conditions, hand_in, ignore, threads


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    with Store.open(tmp_path / "results" / "results.db") as store:
        yield store


def plan(tmp_path: Path, *, is_timed: bool = True) -> Plan:
    """Fake stages in threads."""
    return Plan(
        conditions=conditions(tmp_path / "work"),
        stages=STAGES,
        executor=threads,
        is_timed=is_timed,
    )


def latencies(hand_ins: tuple[Measured, ...]) -> list[Status]:
    """The status of the latency of each hand-in."""
    return [
        measurement.status
        for each in hand_ins
        for measurement in each.measurements
        if measurement.id == LATENCY
    ]


def test_a_latency_that_is_not_measured_is_skipped_and_can_come_later(
    tmp_path: Path, store: Store
) -> None:
    """SKIPPED with --no-latency; the next run without it only times."""
    sources = [hand_in(tmp_path / "in", "B1")]
    untimed = plan(tmp_path, is_timed=False)
    first = measured_class(sources, untimed, RecordOptions(), store, ignore)
    assert latencies(first.hand_ins) == [Status.SKIPPED]
    second = measured_class(sources, plan(tmp_path), RecordOptions(), store, ignore)
    assert latencies(second.hand_ins) == [Status.PASSED]
    assert calls(tmp_path / "work") == ["measure B1", "time B1"]


def test_the_machine_that_collects_times(tmp_path: Path, store: Store) -> None:
    """With the hand-ins it does, alone and afterwards; without them it cannot."""
    sources = [hand_in(tmp_path / "in", student) for student in ("B1", "B2")]
    untimed = plan(tmp_path, is_timed=False)
    folder = RecordFolder(folder=tmp_path / "records", lab=untimed.conditions.lab)
    grade_batch(sources, untimed, folder, ignore)
    records = RecordOptions(folder=folder.folder)
    without = measured_class((), plan(tmp_path), records, store, ignore)
    assert latencies(without.hand_ins) == [Status.SKIPPED] * 2
    timed = measured_class(sources, plan(tmp_path), records, store, ignore)
    assert latencies(timed.hand_ins) == [Status.PASSED] * 2
    assert [call.split()[0] for call in calls(tmp_path / "work")] == ["measure"] * 2 + ["time"] * 2
