from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.collect import collect_all, collect_for
from grader.batch.measure import Plan, grade_batch
from grader.batch.record_folder import RecordFolder
from grader.batch.store import Store
from grader.errors import GraderError
from grader.evaluators.conditions import NetworkConditions
from tests.fake_stages import STAGES, calls, conditions, hand_in, ignore, threads


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    with Store.open(tmp_path / "results" / "results.db") as store:
        yield store


@pytest.fixture
def here(tmp_path: Path) -> NetworkConditions:
    """The conditions of the machine that collects."""
    return conditions(tmp_path / "work")


def recorded(sources: list[Path], here: NetworkConditions, folder: Path) -> RecordFolder:
    """The records of these hand-ins, measured under these conditions."""
    records = RecordFolder(folder=folder, lab=here.lab)
    plan = Plan(conditions=here, stages=STAGES, executor=threads, is_timed=False)
    grade_batch(sources, plan, records, ignore)
    return records


def test_a_batch_with_records_measures_only_what_they_lack(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """The result is that of a class that was measured here; a record is not made twice."""
    sources = [hand_in(tmp_path / "in", student) for student in ("B1", "B2", "B3")]
    records = recorded(sources[:2], here, tmp_path / "records")
    recorded(sources[:2], here, tmp_path / "records")
    assert calls(here.work) == ["measure B1", "measure B2"]
    found = collect_for(sources, records, here, store)
    assert [each.submission.id for each in found.hand_ins] == ["B1", "B2"]
    assert [each.name for each in found.missing] == ["B3"]
    assert found.notes == ()
    plan = Plan(conditions=here, stages=STAGES, executor=threads)
    graded = grade_batch(sources, plan, store, ignore)
    assert calls(here.work)[2] == "measure B3"
    assert len(graded) == 3
    again = collect_for(sources, records, here, store)
    assert (again.hand_ins, again.missing) == ((), ())


def test_a_record_that_does_not_fit_is_named_with_its_cause(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """Other bytes, another lab, another test set, an error, and half a record."""
    sources = [hand_in(tmp_path / "in", f"B{number}") for number in range(1, 6)]
    limits = here.lab.limits.model_copy(update={"entries": 7})
    other_lab = replace(here, lab=here.lab.model_copy(update={"limits": limits}))
    other_data = replace(here, data=replace(here.data, sha256="1" * 64))
    folder = tmp_path / "records"
    recorded(sources[:1], here, folder)
    recorded(sources[1:2], other_lab, folder)
    recorded(sources[2:3], other_data, folder)
    hand_in(tmp_path / "in", "B4", "measure raise")
    records = recorded(sources[3:4], here, folder)
    hand_in(tmp_path / "in", "B1", "new")
    (folder / "half.json").write_text('{"record": 1, "sub')
    found = collect_for(sources, records, here, store)
    assert found.hand_ins[0].submission.id == "B4"
    assert [each.name for each in found.missing] == ["B1", "B2", "B3", "B4", "B5"]
    notes = sorted(found.notes)
    for note, words in zip(
        notes,
        ("B1 is ignored: the hand-in has other bytes", "B2", "B3", "B4", "half.json is ignored"),
        strict=True,
    ):
        assert words in note
    assert "lab" in notes[1]
    assert "test set" in notes[2]
    assert "error" in notes[3]


def test_without_hand_ins_all_records_are_collected(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """No bytes are needed; what was saved is the store's, as after a measurement here."""
    sources = [hand_in(tmp_path / "in", student) for student in ("B1", "B2")]
    records = recorded(sources, here, tmp_path / "records")
    for each in sources:
        each.unlink()
    (records.folder / "half.json").write_text("{")
    found = collect_all(records, here, store)
    assert [each.submission.id for each in found.hand_ins] in (["B1", "B2"], ["B2", "B1"])
    assert len(found.notes) == 1


def test_no_record_that_fits_is_an_error(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """It says why each was ignored."""
    with pytest.raises(GraderError, match="no record"):
        collect_all(RecordFolder(folder=tmp_path, lab=here.lab), here, store)
    other = replace(here, data=replace(here.data, sha256="1" * 64))
    records = recorded([hand_in(tmp_path / "in", "B1")], other, tmp_path / "records")
    with pytest.raises(GraderError, match="test set"):
        collect_all(records, here, store)


def test_many_ignored_records_are_counted(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """A folder of other files does not fill the screen."""
    records = recorded([hand_in(tmp_path / "in", "B1")], here, tmp_path / "records")
    for number in range(100):
        (records.folder / f"other-{number:03}.json").write_text("{}")
    found = collect_all(records, here, store)
    assert len(found.hand_ins) == 1
    assert len(found.notes) == 21
    assert "80" in found.notes[-1]


def test_pages_come_with_their_record(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """A page that cannot be copied stops with a reason; nothing that was saved is lost."""
    records = recorded([hand_in(tmp_path / "in", "B1")], here, tmp_path / "records")
    (tmp_path / "pages").write_text("a file")
    (record,) = records.records()
    text = record.path.read_text().replace('"evidence": {}', '"evidence": {"page": "ab"}', 1)
    record.path.write_text(text)
    records.pages.mkdir()
    (records.pages / "ab.html").write_text("body")
    with pytest.raises(GraderError, match="page"):
        collect_all(records, replace(here, pages=tmp_path / "pages"), store)
    collect_all(records, replace(here, pages=tmp_path / "kept"), store)
    assert (tmp_path / "kept" / "ab.html").read_text() == "body"
