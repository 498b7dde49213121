from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs.table import Table, read_table


class Board(Table):
    """What a file may say."""

    name: str
    cores: int = 1


def as_it_is(content: dict[str, object]) -> dict[str, object]:
    """Resolve nothing."""
    return content


def written(folder: Path, content: bytes) -> Path:
    """A file of this content."""
    (folder / "board.toml").write_bytes(content)
    return folder / "board.toml"


def test_a_file_is_read_and_may_be_resolved_first(tmp_path: Path) -> None:
    """`resolved` makes of the content what is validated."""
    path = written(tmp_path, b'name = "pi"\n')
    assert read_table(path, Board, help="", resolved=as_it_is) == Board(name="pi")
    more = read_table(path, Board, help="", resolved=lambda content: {**content, "cores": 4})
    assert more.cores == 4


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name = ", "is not TOML"),
        (b'name = "\xff"', "is not TOML"),
        (b"cores = 2", "name"),
        (b'name = "pi"\ncores = "ssh://me:secret@pi"', "cores"),
        (b'name = "pi"\ncolour = "red"', "colour"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_the_key(
    tmp_path: Path, content: bytes, why: str
) -> None:
    """Its values are not repeated: one may be an address with a password."""
    with pytest.raises(GraderError, match=why) as refused:
        read_table(written(tmp_path, content), Board, help="Look at the docs.", resolved=as_it_is)
    assert "board.toml" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """By the system's word."""
    with pytest.raises(GraderError, match="cannot be read"):
        read_table(tmp_path / "none.toml", Board, help="", resolved=as_it_is)
