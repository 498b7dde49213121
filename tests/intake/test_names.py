"""Names that students chose."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import Fault
from grader.intake.names import (
    check_distinct,
    checked,
    decode,
    is_ignored,
    may_be_notebook,
    safe_name,
    student_id,
)
from grader.text import shown


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("作業.ipynb", "cp950"),
        ("學號_報告", "cp950"),
        ("模型/說明.txt", "cp950"),
        ("作业.ipynb", "gbk"),
        ("学号", "gbk"),
        ("实验报告.txt", "gbk"),
        ("模型.pth", "gbk"),
        ("模型.pth", "utf-8"),
        ("mobilenet.pth", "ascii"),
    ],
)
def test_names_without_the_flag_are_readable(text: str, encoding: str) -> None:
    """A name in the system encoding of Taiwan, of China or in UTF-8 is decoded correctly."""
    assert decode(text.encode(encoding)) == text


def test_a_name_in_no_known_encoding_still_becomes_text() -> None:
    """Bytes that are neither Big5 nor GBK are decoded as cp437, the default of zip."""
    assert decode(b"caf\x82\xff") == "caf\x82\xff".encode("latin-1").decode("cp437")


@given(st.binary(max_size=64))
def test_any_bytes_become_a_printable_name(raw: bytes) -> None:
    """Whatever bytes a name has, it decodes, and its shown form can be encoded and printed."""
    text = shown(decode(raw)).replace("\u3000", " ")
    assert text.encode().decode().isprintable()


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("../evil", "outside"),
        ("model/../../evil", "outside"),
        ("/etc/passwd", "absolute"),
        ("C:/evil", "drive letter"),
        ("c:evil", "drive letter"),
        ("model\\mobilenet.pth", "backslash"),
        ("\\\\host\\share", "backslash"),
        ("evil\0.txt", "control"),
        ("evil\x1b[2J", "control"),
        ("evil\x85", "control"),
        ("", "empty"),
        ("./.", "empty"),
        ("a" * 256, "too long"),
        ("模" * 86, "too long"),
        ("/".join(["folder"] * 200), "too long"),
    ],
)
def test_dangerous_names_are_refused(name: str, word: str) -> None:
    """A name that points to another path, or to none, is a fault with the reason."""
    with pytest.raises(Fault, match=word):
        checked(name)


@pytest.mark.parametrize(
    ("name", "path"), [("./model//a.pth", "model/a.pth"), ("model/", "model"), ("./", "")]
)
def test_harmless_names_are_made_plain(name: str, path: str) -> None:
    """Empty parts and dots are removed, since they name the same file."""
    assert checked(name) == path


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (("a.pth", "a.pth"), "Two files"),
        (("Model/a.pth", "model/A.pth"), "on some systems"),
        (("caf\u00e9", "cafe\u0301"), "on some systems"),
        (("Straße", "STRASSE"), "on some systems"),
        (("model", "model/a.pth"), "both a file and a folder"),
        (("Model", "model/x/a.pth"), "both a file and a folder"),
    ],
)
def test_names_that_meet_are_refused(names: tuple[str, ...], word: str) -> None:
    """Two files with the same name on any system are a fault: readers choose differently."""
    with pytest.raises(Fault, match=word):
        check_distinct(names)


def test_different_names_are_accepted() -> None:
    """Names that differ by more than case and normal form are accepted."""
    check_distinct(("model/a", "model/b", "a", "b", "modela"))


@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        ("__MACOSX/model/._mobilenet.pth", True),
        (".DS_Store", True),
        ("model/._mobilenet.pth", True),
        (".ipynb_checkpoints/1.ipynb", True),
        ("1/__pycache__/a.pyc", True),
        ("Thumbs.db", True),
        ("data/test_batch.bin", True),
        ("312551001/data/test_batch.bin", True),
        ("model/test_batch.bin", False),
        ("model/mobilenet.pth", False),
        ("MACOSX/a", False),
    ],
)
def test_what_systems_leave_behind_is_ignored(name: str, ignored: bool) -> None:
    """Only known files of systems and editors and the test set are ignored, in any folder."""
    assert is_ignored(name) is ignored


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("312551001.zip", "312551001"),
        ("a.b (1).zip", "a.b (1)"),
        ("a.tar.gz", "a"),
        ("a.tar.zip", "a.tar"),
        ("a.tar", "a"),
        ("a\x1b[2J.zip", "a\\x1b[2J"),
    ],
)
def test_an_id_is_the_name_without_its_suffix(name: str, student: str) -> None:
    """An id is not changed, but its control characters are escaped."""
    assert student_id(Path(name)) == student


def test_a_folders_id_is_its_whole_name(tmp_path: Path) -> None:
    """A folder has no suffix, and `..` is resolved."""
    folder = tmp_path / "a.b"
    (folder / "model").mkdir(parents=True)
    assert student_id(folder) == student_id(folder / "model" / "..") == "a.b"


@pytest.mark.parametrize("student", ["312551001", "B10901001", "王小明", "a.b-c_d"])
def test_an_ordinary_id_names_its_own_results(student: str) -> None:
    """An id that every system accepts is not changed."""
    assert safe_name(student) == student


@pytest.mark.parametrize(
    "student", ["", ".", "..", "-rf", "a/b", "a\\b", "CON", "nul.txt", "a b", "x" * 500, "=1+1"]
)
def test_an_unsafe_id_gets_a_safe_name_of_its_own(student: str) -> None:
    """An id that some system does not accept becomes a plain name that no other id gets."""
    safe = safe_name(student)
    assert safe != student
    assert not set(safe) & set('/\\ =:*?"<>|')
    assert not safe.startswith((".", "-"))
    assert safe != safe_name(student + "1")


@given(st.text(max_size=300))
def test_every_safe_name_fits_a_file_system(student: str) -> None:
    """For any id, the name has at most 255 bytes and one part, and is not hidden."""
    safe = safe_name(student)
    assert 0 < len(safe.encode()) <= 255
    assert checked(safe) == safe
    assert not safe.startswith(".")


@pytest.mark.parametrize("name", ["a.ipynb", "x/LAB2.IPYNB", "lab2.ipynb.txt", "x.ZIP", "x.tar.gz"])
def test_a_file_may_be_a_notebook(name: str) -> None:
    """A notebook under any name with the suffix in it, or an archive that may hold one."""
    assert may_be_notebook(name)


@pytest.mark.parametrize("name", ["a.py", "ipynb", ".ipynb_checkpoints/a.ipynb", "model/m.pth"])
def test_a_file_that_is_no_notebook(name: str) -> None:
    """Code, networks, and the files that Jupyter makes on its own."""
    assert not may_be_notebook(name)
