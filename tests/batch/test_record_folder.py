import json
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.record_folder import Record, RecordFolder, Unreadable, read_record
from grader.errors import GraderError, HarnessError
from grader.types import Measured, Measurement, Role, Status, SubmittedFile
from tests.fake_stages import NOTHING
from tests.report.examples import LAB

MEASURED = replace(
    NOTHING,
    submission=replace(
        NOTHING.submission,
        source=Path("/class/B1.zip"),
        sha256="ab",
        files=(
            SubmittedFile(
                role=Role.NOTEBOOK, name="B1.ipynb", path=Path("B1.ipynb"), size=7, sha256="cd"
            ),
        ),
    ),
    measurements=(
        Measurement(id="mflops", status=Status.PASSED, value=29.5, evidence={"layers": [1, 2.5]}),
        Measurement(id="notebook", status=Status.PASSED, evidence={"page": "ef"}),
    ),
)


def folder(path: Path) -> RecordFolder:
    """A folder of records of the shipped lab."""
    return RecordFolder(folder=path, lab=LAB)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """All of the measurements; the folder is made when it is needed."""
    records = folder(tmp_path / "records")
    assert records.measured("B1", "f") is None
    records.save("B1", "f", MEASURED)
    assert records.measured("B1", "f") == MEASURED
    assert records.all_measured([("B1", "f"), ("B2", "f")]) == {("B1", "f"): MEASURED}
    (record,) = records.records()
    assert isinstance(record, Record)
    assert (record.lab, record.lab_measured_sha256) == (LAB.name, LAB.measured_sha256)
    assert record.path.name.startswith("f-")


def test_two_students_with_one_file_have_two_records(tmp_path: Path) -> None:
    """An id may be no name of a file, and no text that can be encoded."""
    records = folder(tmp_path)
    for student in ("B1", "B2", "../B3", "B\udcff"):
        records.save(student, "f", MEASURED)
    assert len(list(records.records())) == 4
    assert not (tmp_path.parent / "B3.json").exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"record": 2}', '{"record": 1}', '{"record": 1, "lab": 3}', "null"],
)
def test_what_is_no_record_is_said(tmp_path: Path, content: str) -> None:
    """Half a file, another program's, and one of another version."""
    path = tmp_path / "f-0.json"
    path.write_text(content)
    assert isinstance(read_record(path), Unreadable)
    (found,) = folder(tmp_path).records()
    assert isinstance(found, Unreadable)


def test_every_cut_record_is_unreadable(tmp_path: Path) -> None:
    """A copy that was interrupted is never taken for a whole record."""
    records = folder(tmp_path / "records")
    records.save("B1", "f", MEASURED)
    (record,) = records.records()
    whole = record.path.read_bytes().rstrip()
    cut = tmp_path / "cut.json"
    for end in range(0, len(whole), 7):
        cut.write_bytes(whole[:end])
        assert isinstance(read_record(cut), Unreadable)


def test_a_damaged_record_is_unreadable(tmp_path: Path) -> None:
    """A status that does not exist, or an error without a reason."""
    records = folder(tmp_path / "records")
    records.save("B1", "f", MEASURED)
    (record,) = records.records()
    for status in ("well", "failed"):
        raw = json.loads(record.path.read_text())
        raw["measurements"][0]["status"] = status
        other = tmp_path / "other.json"
        other.write_text(json.dumps(raw))
        assert isinstance(read_record(other), Unreadable)


def test_a_folder_that_cannot_be_written_is_the_users(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "records").write_text("")
    with pytest.raises(GraderError, match="cannot be written"):
        folder(tmp_path / "records").save("B1", "f", MEASURED)


def test_evidence_that_is_no_json_is_an_error_of_the_grader(tmp_path: Path) -> None:
    """Nothing is written."""
    evidence = {"set": {1, 2}}
    wrong = replace(
        MEASURED,
        measurements=(Measurement(id="x", status=Status.PASSED, evidence=evidence),),  # type: ignore[arg-type]
    )
    with pytest.raises(HarnessError, match="JSON"):
        folder(tmp_path).save("B1", "f", wrong)
    assert not list(tmp_path.glob("*.json"))


def test_pages_are_copied_once(tmp_path: Path) -> None:
    """Those that the evidence names; a name that is a path is none."""
    records, pages = folder(tmp_path / "records"), tmp_path / "pages"
    records.pages.mkdir(parents=True)
    (records.pages / "ef.html").write_text("body")
    (tmp_path / "secret.html").write_text("secret")
    records.copy_pages(MEASURED, pages)
    assert (pages / "ef.html").read_text() == "body"
    (pages / "ef.html").write_text("kept")
    records.copy_pages(MEASURED, pages)
    assert (pages / "ef.html").read_text() == "kept"
    records.copy_pages(_with_page("../secret"), pages)
    assert [each.name for each in pages.iterdir()] == ["ef.html"]


def _with_page(name: str) -> Measured:
    wrong = Measurement(id="notebook", status=Status.PASSED, evidence={"page": name})
    return replace(MEASURED, measurements=(wrong,))
