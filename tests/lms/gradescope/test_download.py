from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.lms.gradescope import download as gradescope
from tests.lms import downloads
from tests.lms.downloads import BOTH_WAYS, Made, by_id, import_downloads, student_zip


@BOTH_WAYS
def test_gradescope(tmp_path: Path, made: Made) -> None:
    """Ids, addresses and times are the metadata's, Ruby's objects included."""
    taken = import_downloads(made(tmp_path, downloads.GRADESCOPE), tmp_path / "out")
    found = by_id(taken)
    assert set(found) == {"B1", "B2"}
    jane, li = (taken.handed_in[found[id].absolute()] for id in ("B1", "B2"))
    assert jane.email == "jane@example.edu"
    assert jane.submitted_at == "2024-04-04T15:54:59.482063+00:00"
    assert jane.superseded == ("submission_301: 299",)
    assert li.submitted_at == "2024-04-04T15:55:01+00:00"
    assert any("Li Xiaolong, Ole Neil" in note for note in taken.notes)
    assert any("submission_303" in note for note in taken.notes)


def test_gradescope_metadata_that_is_not_of_these_folders(tmp_path: Path) -> None:
    """A folder that the metadata does not know stops the class: whose it is would be a guess."""
    files = {**downloads.GRADESCOPE, "assignment_77_export/submission_999/B9.zip": b""}
    with pytest.raises(GraderError, match="submission_999"):
        import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")


@pytest.mark.parametrize("metadata", [b"- 1\n", b"{", b"submission_1: 5\n", b"\xff\xfe\x00"])
def test_gradescope_metadata_that_is_none(tmp_path: Path, metadata: bytes) -> None:
    """What cannot be read is named, without a traceback."""
    files = {"submission_metadata.yml": metadata, "submission_1/B1.zip": b""}
    with pytest.raises(GraderError, match=r"submission_metadata\.yml"):
        import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")


@pytest.mark.parametrize(
    "about",
    [
        b":submitters: 5",
        b":submitters: [Jane]",
        b":submitters: {a: b}",
        b":history: 5",
        b":created_at: 9999-12-31 23:59:59 -10:00",
        b":created_at: 2024-04-04",
    ],
)
def test_metadata_of_another_shape_says_nothing(tmp_path: Path, about: bytes) -> None:
    """A number in place of a list, or a time of no century, is unknown, and no crash."""
    files = {
        gradescope.METADATA: b"submission_1:\n  " + about + b"\n",
        "submission_1/B1.zip": student_zip("B1"),
    }
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    (who,) = taken.handed_in.values()
    assert (who.name, who.submitted_at, who.superseded) == (None, None, ())


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("0012347", "0012347"),
        ("0812345", "0812345"),
        ("'0012346'", "0012346"),
        ("1e5", "1e5"),
        ("311e12", "311e12"),
        ("1.50", "1.50"),
        ("0x1F", "0x1F"),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("+12", "+12"),
        ("2024-04-04", "2024-04-04"),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("true", "true"),
        ("' B1 x '", "B1 x"),
        ("!!int 007", "007"),
        ("'null'", "null"),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_an_id_is_the_text_that_is_written(tmp_path: Path, written: str, id: str | None) -> None:
    """YAML takes many of them for numbers, times or truth values."""
    metadata = f"submission_1:\n  :submitters:\n  - :name: {written}\n    :sid: {written}\n"
    files = {
        gradescope.METADATA: metadata.encode(),
        "submission_1/lab2.ipynb": b"{}",
        "submission_1/model/mobilenet.pth": b"w",
    }
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    ((source, who),) = taken.handed_in.items()
    assert source.stem == (id or "gradescope-1")
    assert who.name == id


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-04-04 15:54:59.482063000 Z", "2024-04-04T15:54:59.482063+00:00"),
        ("2024-04-04 15:54:59 UTC", "2024-04-04T15:54:59+00:00"),
        ("2024-04-04 23:54:59 +08:00", "2024-04-04T23:54:59+08:00"),
        ("'2024-04-04T15:54:59Z'", "2024-04-04T15:54:59+00:00"),
        ("2024-04-04 15:54:59", "2024-04-04T15:54:59+00:00"),
        ("12:30", None),
    ],
)
def test_a_time_is_read_from_its_text(tmp_path: Path, written: str, moment: str | None) -> None:
    """In the forms that Ruby writes."""
    metadata = f"submission_1:\n  :created_at: {written}\n".encode()
    files = {gradescope.METADATA: metadata, "submission_1/B1.zip": student_zip("B1")}
    taken = import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out")
    (who,) = taken.handed_in.values()
    assert who.submitted_at == moment


def test_a_real_export_with_ids_that_are_not_quoted(tmp_path: Path, cases: Path) -> None:
    """Leading zeros stay, and nothing becomes a number."""
    path = cases / "archives" / "gradescope_sid_unquoted.zip"
    found = set(by_id(import_downloads(path, tmp_path / "out")))
    assert {"0812345", "0012346", "0012347", "311e12"} < found


def test_ids_with_the_same_end_are_two_students(tmp_path: Path) -> None:
    """An id may have a slash: `2023/0012` is not `0012`, and not `2024/0012`."""
    ids = ("2023/0012", "2024/0012", "0012")
    metadata = "".join(
        f"submission_{n}:\n  :submitters:\n  - :sid: '{id}'\n" for n, id in enumerate(ids)
    )
    files = {
        gradescope.METADATA: metadata.encode(),
        **{f"submission_{n}/B{n}.zip": student_zip(f"B{n}") for n in range(len(ids))},
    }
    found = by_id(import_downloads(downloads.as_zip(tmp_path, files), tmp_path / "out"))
    assert "0012" in found
    assert len(found) == len(ids)
