"""The lab file of write-ups that a person starts from."""

from pathlib import Path

import pytest

from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab
from grader.labs.write_up_start import write_up_start


def loaded(path: Path, text: str) -> WriteUpLab:
    """The lab in a file with this text."""
    path.write_text(text, encoding="utf-8")
    lab = load_lab(str(path))
    assert isinstance(lab, WriteUpLab)
    return lab


def test_it_is_valid_as_it_is(tmp_path: Path) -> None:
    """It has points that the machine gives, and points of a person; nobody is late by it."""
    lab = loaded(tmp_path / "own.toml", write_up_start("own"))
    assert (lab.name, lab.deadline.due, lab.own_text) == ("own", None, "")
    assert [item.kind for item in lab.items] == ["on-time", "rubric"]
    assert [row.id for row in lab.tables[0].rows] == ["load", "run"]


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("text", lambda lab: lab.own_text == "# The lab\n"),
        ("due", lambda lab: lab.deadline.due is not None),
        ("patterns", lambda lab: lab.answers[0].patterns == (r"\bpi\s*[345]\b",)),
        ("excerpt", lambda lab: lab.answers[0].excerpt.startswith("Report")),
        ("optional", lambda lab: lab.tables[0].optional),
        ("least", lambda lab: lab.tables[0].column("memory").least == "1 MB"),
        ("exact", lambda lab: lab.tables[0].rows[0].exact == {"memory": "12.5 MB"}),
    ],
)
def test_what_stands_there_as_a_comment_can_be_used(
    comment: str, found: object, tmp_path: Path
) -> None:
    """Without its mark each line is a key of its table."""
    (tmp_path / "own.md").write_text("# The lab\n", encoding="utf-8")
    assert callable(found)
    text = write_up_start("own")
    assert f"# {comment} = " in text
    assert found(loaded(tmp_path / "own.toml", text.replace(f"# {comment} = ", f"{comment} = ")))
