import getpass

import pytest

from grader.commands.author import name_of
from grader.errors import GraderError


def no_user() -> str:
    """Fail as in a container whose user has no name."""
    raise KeyError("getpwuid(): uid not found: 1000")


def test_the_name_given_counts_before_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --author it is the login; spaces around the name are removed."""
    monkeypatch.setattr(getpass, "getuser", lambda: "ta")
    assert name_of(" alice ") == "alice"
    assert name_of(None) == "ta"


@pytest.mark.parametrize("author", ["", "  ", None])
def test_without_a_name_there_are_no_marks(
    monkeypatch: pytest.MonkeyPatch, author: str | None
) -> None:
    """An empty name and an unknown login are refused."""
    monkeypatch.setattr(getpass, "getuser", no_user)
    with pytest.raises(GraderError, match="author") as refused:
        name_of(author)
    assert "--author" in (refused.value.help or "")
