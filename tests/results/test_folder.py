"""The names of a results folder, and how its files are written."""

from contextlib import suppress
from pathlib import Path

import pytest

from grader.results.folder import SCRATCH, UNWRITABLE, Unwritable, scratch, write_file


@pytest.mark.parametrize("fails", [False, True])
def test_a_batch_has_an_empty_scratch_folder(tmp_path: Path, fails: bool) -> None:
    """What a killed batch left goes first, and at the end all of it, also where it fails."""
    left = tmp_path / SCRATCH / "left"
    left.mkdir(parents=True)
    with suppress(ZeroDivisionError), scratch(tmp_path) as folder:
        assert list(folder.iterdir()) == []
        (folder / "new").touch()
        if fails:
            raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["a\r\nb 學", b"a\r\nb \xe5\xad\xb8"])
def test_text_and_bytes_are_written_as_they_are(tmp_path: Path, given: str | bytes) -> None:
    """No line end is changed; half a letter is written as an escape."""
    path = tmp_path / "new" / "file"
    path.parent.mkdir()
    write_file(path, given)
    assert path.read_bytes() == b"a\r\nb \xe5\xad\xb8"
    write_file(path, "\ud800")
    assert path.read_bytes() == b"\\ud800"


def test_what_is_there_already_is_not_written_again(tmp_path: Path) -> None:
    """The file stays the same one; other content replaces it by another."""
    path = tmp_path / "file"
    write_file(path, "same")
    before = path.stat().st_ino, path.stat().st_mtime_ns
    write_file(path, "same")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == before
    write_file(path, "other")
    assert path.read_text() == "other"
    assert path.stat().st_ino != before[0]


def test_what_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    """A folder in the way; the help ends with the caller's."""
    (tmp_path / "file").mkdir()
    with pytest.raises(Unwritable, match=r"file cannot be written") as caught:
        write_file(tmp_path / "file", "x", "Do that.")
    assert str(caught.value.help).startswith(UNWRITABLE)
    assert str(caught.value.help).endswith("Do that.")
