import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from grader.batch.packed import PackedHandIn, pack
from grader.errors import HarnessError
from grader.intake import fingerprint
from tests.report.examples import LAB

NAMES = some.text(
    some.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=20
).filter(lambda name: name not in {".", ".."})


@given(name=NAMES, content=some.binary(max_size=200))
def test_a_file_is_the_same_there(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    """Any name, any bytes."""
    folder = tmp_path_factory.mktemp("packed")
    (folder / name).write_bytes(content)
    there = pack(folder / name).unpack(folder / "there")
    assert (there.name, there.read_bytes()) == (name, content)


def test_a_folder_has_the_same_fingerprint_there(tmp_path: Path) -> None:
    """Its files, empty folders and links; a link is a link there, and is not followed."""
    folder = tmp_path / "B1"
    (folder / "model" / "empty").mkdir(parents=True)
    (folder / "model" / "mobilenet.pth").write_bytes(b"weights")
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    packed = pack(folder)
    there = packed.unpack(tmp_path / "there")
    assert b"root:" not in packed.content
    assert (there / "link").is_symlink()
    assert not (there / "pipe").exists()
    (folder / "pipe").unlink()
    assert fingerprint(there, LAB) == fingerprint(folder, LAB)


def test_a_path_into_an_archive_is_the_same_there(tmp_path: Path) -> None:
    """The archive travels whole."""
    (tmp_path / "B1.zip").write_bytes(b"a zip")
    there = pack(tmp_path / "B1.zip" / "reports" / "one.pdf").unpack(tmp_path / "there")
    assert there == tmp_path / "there" / "B1.zip" / "reports" / "one.pdf"
    assert (tmp_path / "there" / "B1.zip").read_bytes() == b"a zip"


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """It was there when the class was listed."""
    with pytest.raises(HarnessError, match="cannot be read"):
        pack(tmp_path / "B1.zip")


def test_a_name_outside_is_not_written(tmp_path: Path) -> None:
    """A tar that another program made."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("../outside", "/outside", "B1/../../outside", "B1/inside"):
            archive.addfile(tarfile.TarInfo(name))
    PackedHandIn(name="B1", content=buffer.getvalue(), is_folder=True).unpack(tmp_path / "there")
    written = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert written == [tmp_path / "there" / "B1" / "inside"]
