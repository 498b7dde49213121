from dataclasses import replace
from pathlib import Path

from tests.fake_stages import NOTHING, conditions


def test_a_program_waits_under_the_hash_of_its_hand_in(tmp_path: Path) -> None:
    """Below the scratch folder: another hand-in of the same student has another place."""
    given = conditions(tmp_path)
    first = replace(NOTHING.submission, sha256="ab")
    assert given.program_path(first) == tmp_path / "programs" / "ab.pte"
    assert given.program_path(replace(first, id="B2")) == given.program_path(first)
    assert given.program_path(replace(first, sha256="cd")) != given.program_path(first)
