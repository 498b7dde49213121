from pathlib import Path

from grader.intake.inside import name_inside, whole_of


def test_a_path_into_an_archive(tmp_path: Path) -> None:
    """It has the archive and the name of the file in it, in any folders."""
    archive = tmp_path / "B1.zip"
    archive.write_bytes(b"PK")
    for name in ("a.pdf", "old/inner.zip/a.pdf"):
        assert whole_of(archive / name) == archive
        assert name_inside(archive / name) == name


def test_any_other_path_is_whole(tmp_path: Path) -> None:
    """A file, a folder, what does not exist, and a name that no file can have."""
    (tmp_path / "a.pdf").write_bytes(b"")
    odd = ("nowhere/a.pdf", "x" * 5_000, "a\0b")
    for path in (tmp_path, tmp_path / "a.pdf", *(tmp_path / each for each in odd)):
        assert whole_of(path) == path
        assert name_inside(path) is None
