import hashlib
from pathlib import Path

from grader.errors import Fault
from grader.evidence.intake import MOST_LISTED
from grader.intake.contents import copy_file, fingerprint, listed, refused
from grader.labs.kinds import network_lab
from grader.types import Role, Status


def test_a_copy_replaces_a_link_and_has_its_hash(tmp_path: Path) -> None:
    """The file to which the link leads stays as it is."""
    other, link = tmp_path / "other", tmp_path / "checkpoint"
    other.write_bytes(b"kept")
    link.symlink_to(other)
    made = copy_file(iter([b"ab", b"c"]), Role.CHECKPOINT, "model/a.pth", link)
    assert (link.read_bytes(), other.read_bytes()) == (b"abc", b"kept")
    assert not link.is_symlink()
    assert (made.size, made.sha256) == (3, hashlib.sha256(b"abc").hexdigest())


def test_the_fingerprint_of_a_file_is_its_hash(tmp_path: Path) -> None:
    """Of a folder it is another one, and it changes with a name."""
    file = tmp_path / "B1.zip"
    file.write_bytes(b"abc")
    assert fingerprint(file, network_lab()) == hashlib.sha256(b"abc").hexdigest()
    before = fingerprint(tmp_path, network_lab())
    file.rename(tmp_path / "B2.zip")
    assert before != fingerprint(tmp_path, network_lab())


def test_our_trouble_is_an_error_and_a_fault_a_failure(tmp_path: Path) -> None:
    """Both say what to do."""
    theirs = Fault("x", help="y")
    for error, status in ((OSError(28, "no space"), Status.ERROR), (theirs, Status.FAILED)):
        found = refused(error, tmp_path / "B1.zip", 0.0)
        assert found.status is status
        assert found.evidence["archive"] == "zip"
    assert refused(OSError(28, "no space"), tmp_path, 0.0).evidence["archive"] == "folder"


def test_long_lists_are_cut() -> None:
    """The last entry has the number of the names that are left out; control characters go."""
    assert listed(["b\n", "a"]) == ("a", listed(["b\n"])[0])
    assert "\n" not in "".join(listed(["b\n"]))
    names = [f"{number:03}" for number in range(MOST_LISTED + 7)]
    assert len(listed(names)) == MOST_LISTED + 1
    assert "7" in listed(names)[-1]
