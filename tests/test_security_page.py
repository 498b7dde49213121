"""docs/security.md names tests and hostile cases: they are there, and no case is missing."""

import ast
import fnmatch
import re

import pytest

from tests.hostile import archives, checkpoints, notebooks, programs, runners, sheets
from tests.places import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
HOSTILE = ROOT / "tests" / "hostile"
TABLES = {
    module.__name__.rpartition(".")[2]: {case.name for case in module.CASES}
    for module in (archives, checkpoints, notebooks, programs, runners, sheets)
}
TABLES["checkpoints"] |= {case.name for case in checkpoints.READ_ONLY}
FOLDERS = {
    area: {
        folder.name for folder in (HOSTILE / area).iterdir() if (folder / "expected.toml").exists()
    }
    for area in ("cells", "hand-ins", "notebooks", "runners")
}
CASES = {
    area: TABLES.get(area, set()) | FOLDERS.get(area, set()) for area in TABLES.keys() | FOLDERS
}
NAMED = [found.groups() for found in re.finditer(r"`hostile/([\w-]+) ([^`]+)`", PAGE)]


@pytest.mark.parametrize(
    ("path", "name"), sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
)
def test_every_test_on_the_page_exists(path: str, name: str) -> None:
    """Whoever follows the page finds the test."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("area", "pattern"), NAMED)
def test_every_case_on_the_page_exists(area: str, pattern: str) -> None:
    """A pattern stands for one case at least."""
    assert fnmatch.filter(CASES[area], pattern)


@pytest.mark.parametrize("area", sorted(CASES))
def test_every_case_is_on_the_page(area: str) -> None:
    """An attack that is tested is one that the page makes a promise about."""
    patterns = [pattern for named, pattern in NAMED if named == area]
    missing = {
        case for case in CASES[area] if not any(fnmatch.fnmatch(case, each) for each in patterns)
    }
    assert missing == set()
