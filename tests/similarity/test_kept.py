import json
from pathlib import Path

import pytest

from grader.marks.decisions import Given
from grader.results.folder import SIMILAR
from grader.similarity.kept import KeptSimilar, keep_similar, kept_similar, render
from grader.similarity.listing import Found, Listed
from tests.marks.test_not_a_copy import decided
from tests.report.examples import passed

CLASS = [passed(name, 44.0, 9300, 0.4) for name in ("B1", "B2", "B3", "B4")]
FOUND = Found(
    pairs=(
        Listed(students=("B1", "B2"), evidence=("tensors: all",)),
        Listed(students=("B3", "B4"), evidence=("answers: one",)),
    ),
    groups=(Listed(students=("B1", "B2", "B3"), evidence=("kernels: 3",)),),
    whole=Listed(students=("B1", "B2", "B3", "B4"), evidence=("the template",)),
    compared="4 networks",
    notes=("No proof.",),
    left_out={"B5": "no network"},
)


def test_what_was_found_is_kept(tmp_path: Path) -> None:
    """With the hash of each hand-in; read back it is the same, and the JSON is its own."""
    found = KeptSimilar.of(FOUND, CLASS, Given())
    assert found.pairs[0].hand_ins == (CLASS[0].submission.sha256, CLASS[1].submission.sha256)
    assert found.listed == FOUND
    keep_similar(found, tmp_path)
    assert kept_similar(tmp_path) == found
    assert json.loads(render(found))["whole"]["students"] == ["B1", "B2", "B3", "B4"]


def test_a_pair_that_somebody_looked_at_comes_last() -> None:
    """And says so."""
    given = decided(CLASS[0].submission, CLASS[1].submission)
    found = KeptSimilar.of(FOUND, CLASS, given)
    assert [each.students for each in found.pairs] == [("B3", "B4"), ("B1", "B2")]
    assert found.pairs[0].looked_at is None
    first, last = found.listed.pairs
    assert first.evidence == ("answers: one",)
    assert "looked at by ta" in last.evidence[-1]


@pytest.mark.parametrize("text", [None, "", "[]", '{"pairs": [{"students": ["one"]}]}'])
def test_an_unreadable_list_is_none(tmp_path: Path, text: str | None) -> None:
    """So is no list at all."""
    if text is not None:
        (tmp_path / SIMILAR).write_text(text)
    assert kept_similar(tmp_path) is None
