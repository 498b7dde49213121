from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import Skip
from grader.evaluators.notebook import measure_notebook
from grader.notebook.page import body, kept
from tests.notebook.books import encoded, honest, opened, read

pytestmark = pytest.mark.system


def test_what_a_notebook_holds(tmp_path: Path) -> None:
    """Counts for a person to see at a glance, and the page by its hash."""
    asked = opened(tmp_path, encoded(honest()))
    finding = measure_notebook(asked)
    evidence = dict(finding.evidence)
    sha256 = evidence.pop("page")
    assert (finding.value, finding.unit, finding.review) == (11, "cells", None)
    notebook = read(tmp_path, encoded(honest()))
    assert evidence == {
        "nbformat": "4.4",
        "language": "python",
        "code_cells": 7,
        "executed": 6,
        "in_order": True,
        "claims": [{"what": "accuracy", "value": 92.95, "percent": True, "cell": 5, "decimals": 2}],
        "questions_found": 1,
        "errors": 1,
        "output_bytes": notebook.output_bytes,
        "cut": 0,
    }
    assert isinstance(sha256, str)
    assert asked.pages
    assert kept(sha256, asked.pages) == body(notebook)


def test_a_page_that_nobody_will_look_at_is_not_kept(tmp_path: Path) -> None:
    """`grader check` measures the same and leaves nothing behind."""
    asked = replace(opened(tmp_path, encoded(honest())), pages=None)
    assert measure_notebook(asked).evidence["page"] is None
    assert [path.name for path in tmp_path.iterdir()] == ["notebook"]


def test_without_a_notebook_there_is_nothing_to_read(tmp_path: Path) -> None:
    """The layout says what is missing."""
    asked = opened(tmp_path, b"")
    asked = replace(asked, submission=replace(asked.submission, files=()))
    with pytest.raises(Skip, match="no notebook"):
        measure_notebook(asked)
