"""Making the zip to hand in from a working folder."""

import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.intake import receive
from grader.intake.pack import pack
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.types import Role, Status
from tests.intake.archives import (
    CHECKPOINT,
    FIRST_FORM,
    HAND_IN,
    NOTEBOOK,
    STUDENT,
    folder_of,
    with_limits,
)


def names_in(path: Path) -> set[str]:
    """The names of a zip's entries."""
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_a_right_folder_is_packed(tmp_path: Path, lab: NetworkLab) -> None:
    """The files the lab asks for, and no others, are in the zip."""
    folder = folder_of({**HAND_IN, "train.py": b"", "data/test_batch.bin": b""}, tmp_path / "lab2")
    packed = pack(folder, STUDENT, lab, tmp_path / "out")
    target = packed.path
    assert target == tmp_path / "out" / f"{STUDENT}.zip"
    assert names_in(target) == {each.name for each in packed.files} == set(HAND_IN)
    assert packed.left_out == ("train.py",)  # `data/` is ignored
    assert not any(each.is_renamed for each in packed.files)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_all_four_files_are_packed_where_they_are_there(tmp_path: Path, lab: NetworkLab) -> None:
    """A folder that fills the first form gives the first form, its runner executable."""
    target = pack(folder_of(FIRST_FORM, tmp_path / "lab2"), STUDENT, lab, tmp_path).path
    with zipfile.ZipFile(target) as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    assert modes == {**dict.fromkeys(FIRST_FORM, 0o644), "xnn_executor_runner": 0o755}


@pytest.mark.parametrize(
    ("checkpoint", "notebook"),
    [
        ("mobilenet.pth", "lab2.ipynb"),
        ("runs/7/MobileNet.pth", "my-work.ipynb"),
        (CHECKPOINT, NOTEBOOK),
    ],
)
def test_files_are_found_and_renamed(
    tmp_path: Path, lab: NetworkLab, checkpoint: str, notebook: str
) -> None:
    """A checkpoint elsewhere and a notebook under another name get their right paths."""
    folder = folder_of({checkpoint: b"weights", notebook: b"{}"}, tmp_path / "lab2")
    packed = pack(folder, STUDENT, lab, tmp_path)
    assert names_in(packed.path) == set(HAND_IN)
    assert {each.origin for each in packed.files} == {checkpoint, notebook}
    assert all(each.is_renamed is (each.origin not in HAND_IN) for each in packed.files)
    assert packed.left_out == ()


def test_the_template_is_preferred_to_other_notebooks(tmp_path: Path, lab: NetworkLab) -> None:
    """Among several notebooks, the one with the template's name is the filled-in one."""
    folder = folder_of({CHECKPOINT: b"w", "lab2.ipynb": b"mine", "try.ipynb": b""}, tmp_path / "a")
    with zipfile.ZipFile(pack(folder, STUDENT, lab, tmp_path).path) as archive:
        assert archive.read(NOTEBOOK) == b"mine"


def test_the_exact_path_is_preferred_to_copies(tmp_path: Path, lab: NetworkLab) -> None:
    """A checkpoint at its own path counts, whatever copies lie elsewhere."""
    folder = folder_of({**HAND_IN, "old/mobilenet.pth": b"old"}, tmp_path / "a")
    with zipfile.ZipFile(pack(folder, STUDENT, lab, tmp_path).path) as archive:
        assert archive.read(CHECKPOINT) == HAND_IN[CHECKPOINT]


def test_two_checkpoints_are_a_question(tmp_path: Path, lab: NetworkLab) -> None:
    """With two copies, the message names both and nothing is packed."""
    copies = {"new/mobilenet.pth": b"new", "old/mobilenet.pth": b"old", NOTEBOOK: b"{}"}
    with pytest.raises(GraderError, match=r"new/mobilenet\.pth and old/mobilenet\.pth") as caught:
        pack(folder_of(copies, tmp_path / "a"), STUDENT, lab, tmp_path)
    assert CHECKPOINT in str(caught.value.help)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"lab2.ipynb": b"{}"}, "model/mobilenet.pth"),
        ({"mobilenet.pth": b"w"}, NOTEBOOK),
        ({"mobilenet.pth": b"w", "a.ipynb": b"", "b.ipynb": b""}, "a.ipynb and b.ipynb"),
        ({**HAND_IN, CHECKPOINT: b""}, "empty"),
        ({}, f"model/mobilenet.pth and {NOTEBOOK}"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path, lab: NetworkLab, files: dict[str, bytes], words: str
) -> None:
    """A missing file is named, with help, and no zip is made."""
    (tmp_path / "a").mkdir()
    with pytest.raises(GraderError, match=words) as caught:
        pack(folder_of(files, tmp_path / "a"), STUDENT, lab, tmp_path / "out")
    assert caught.value.help
    assert not (tmp_path / "out").exists()


def test_a_hand_in_within_the_folder_does_not_confuse(tmp_path: Path, lab: NetworkLab) -> None:
    """The files of an older unzipped hand-in below the folder are not used."""
    older = {f"{STUDENT}/{name}": content for name, content in HAND_IN.items()}
    with pytest.raises(GraderError, match=NOTEBOOK):
        pack(folder_of({CHECKPOINT: b"new", **older}, tmp_path / "a"), STUDENT, lab, tmp_path)


def test_nothing_is_overwritten(tmp_path: Path, lab: NetworkLab) -> None:
    """An existing zip is not changed."""
    folder = folder_of(HAND_IN, tmp_path / "a")
    (tmp_path / f"{STUDENT}.zip").write_bytes(b"precious")
    with pytest.raises(GraderError, match="exists"):
        pack(folder, STUDENT, lab, tmp_path)
    assert (tmp_path / f"{STUDENT}.zip").read_bytes() == b"precious"


@pytest.mark.parametrize("student", ["", "..", "a/b", "a\\b", "a\nb", 'a"b', "C:"])
def test_an_id_that_names_no_file_is_refused(tmp_path: Path, lab: NetworkLab, student: str) -> None:
    """An id must be the name of a zip and of a notebook, on every system."""
    with pytest.raises(GraderError, match="id"):
        pack(folder_of(HAND_IN, tmp_path / "a"), student, lab, tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path, lab: NetworkLab) -> None:
    """A path that is not a folder is an error of the user."""
    with pytest.raises(GraderError, match="not a folder"):
        pack(tmp_path / "nowhere", STUDENT, lab, tmp_path)


def test_an_output_folder_that_cannot_be_written_is_an_error(
    tmp_path: Path, lab: NetworkLab
) -> None:
    """A file in place of the output folder gives an error message, not a traceback."""
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(GraderError, match="out"):
        pack(folder_of(HAND_IN, tmp_path / "a"), STUDENT, lab, tmp_path / "out")


def test_a_zip_that_would_be_refused_is_not_made(tmp_path: Path, lab: NetworkLab) -> None:
    """The zip is read back like a hand-in; if it is refused, no zip is left."""
    with pytest.raises(GraderError, match="too large") as caught:
        pack(
            folder_of(HAND_IN, tmp_path / "a"),
            STUDENT,
            with_limits(lab, archive_bytes=10),
            tmp_path,
        )
    assert caught.value.help
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_equal_files_give_equal_bytes(tmp_path: Path, lab: NetworkLab) -> None:
    """Neither the time nor the folder's name is in the zip."""
    zips = []
    for name in ("one", "two"):
        folder = folder_of(HAND_IN, tmp_path / name)
        (folder / CHECKPOINT).touch()
        zips.append(pack(folder, STUDENT, lab, tmp_path / f"{name}-out").path.read_bytes())
    assert zips[0] == zips[1]


@given(
    student=st.from_regex(r"[A-Za-z0-9_王é]{1,20}", fullmatch=True),
    checkpoint=st.binary(min_size=1, max_size=4096),
    notebook=st.binary(min_size=1, max_size=4096),
    lab_name=st.sampled_from(["prune-mobilenet-2024", "prune-mobilenet-2025"]),
)
@settings(max_examples=40)
def test_what_is_packed_is_received(
    student: str, checkpoint: bytes, notebook: bytes, lab_name: str
) -> None:
    """Packing and receiving returns the id and every byte."""
    lab = network_lab(lab_name)
    with tempfile.TemporaryDirectory() as root:
        files = {"mobilenet.pth": checkpoint, lab.layout.template_notebook: notebook}
        folder = folder_of(files, Path(root) / "folder")
        target = pack(folder, student, lab, Path(root)).path
        submission, measurements = receive(target, Path(root) / "work", lab)
        assert [each.status for each in measurements] == [Status.PASSED] * 2
        assert all(each.review is None for each in measurements)
        assert submission.id == student
        found = {file.role: file.path.read_bytes() for file in submission.files}
        assert found == {Role.CHECKPOINT: checkpoint, Role.NOTEBOOK: notebook}
