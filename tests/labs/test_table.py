from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs.table import Table, read_table


class Device(Table):
    """The keys of the file."""

    name: str
    cores: int = 1


def as_it_is(content: dict[str, object]) -> dict[str, object]:
    """Resolve nothing."""
    return content


def written(folder: Path, content: bytes) -> Path:
    """A file of this content."""
    (folder / "device.toml").write_bytes(content)
    return folder / "device.toml"


def test_a_file_is_read_and_may_be_resolved_first(tmp_path: Path) -> None:
    """The result of `resolved` is validated."""
    path = written(tmp_path, b'name = "pi"\n')
    assert read_table(path, Device, help="", resolved=as_it_is) == Device(name="pi")
    more = read_table(path, Device, help="", resolved=lambda content: {**content, "cores": 4})
    assert more.cores == 4


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name = ", "TOML"),
        (b'name = "\xff"', "TOML"),
        (b"cores = 2", "name"),
        (b'name = "pi"\ncores = "ssh://me:secret@pi"', "cores"),
        (b'name = "pi"\ncolour = "red"', "colour"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_the_key(
    tmp_path: Path, content: bytes, why: str
) -> None:
    """The error does not repeat values: one may be an address with a password."""
    with pytest.raises(GraderError, match=why) as refused:
        read_table(written(tmp_path, content), Device, help="Look at the docs.", resolved=as_it_is)
    assert "device.toml" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The error is a `GraderError`."""
    with pytest.raises(GraderError, match=r"none\.toml"):
        read_table(tmp_path / "none.toml", Device, help="", resolved=as_it_is)
