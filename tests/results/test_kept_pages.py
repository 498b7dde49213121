from dataclasses import replace
from pathlib import Path

import pytest

from grader.results.folder import CHARTS, FEEDBACK, FEEDBACK_TEXT
from grader.results.kept_pages import KeptPages, kept_pages
from grader.results.write import write_results
from grader.types import Report
from tests.classes import folder_of
from tests.report.examples import LAB, passed


def at(report: Report, moment: str) -> Report:
    """The same report, scored at another time."""
    return replace(report, provenance=replace(report.provenance, graded_at=moment))


def test_a_page_is_made_again_if_its_content_has_changed(tmp_path: Path) -> None:
    """Another time of scoring does not change the page; other points do."""
    one, other = passed("B1", 43.4, 9311, 0.38), passed("B2", 50.0, 9250, 0.4)
    page = tmp_path / folder_of("B1") / FEEDBACK
    write_results([one, other], LAB, tmp_path)
    first = page.read_text(encoding="utf-8")
    write_results([at(one, "2024-05-01T00:00:00+08:00"), other], LAB, tmp_path)
    assert page.read_text(encoding="utf-8") == first
    write_results([passed("B1", 42.0, 9311, 0.38), other], LAB, tmp_path)
    assert page.read_text(encoding="utf-8") != first


def test_a_page_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    """A page is also made again if another student's latency has changed."""
    one, other = passed("B1", 43.4, 9311, 0.38), passed("B2", 50.0, 9250, 0.4)
    write_results([one, other], LAB, tmp_path)
    folder = tmp_path / folder_of("B1")
    first = (folder / FEEDBACK).read_text(encoding="utf-8")
    (folder / FEEDBACK_TEXT).unlink()
    write_results([one, other], LAB, tmp_path)
    assert (folder / FEEDBACK_TEXT).is_file()
    write_results([one, passed("B2", 30.0, 9250, 0.4)], LAB, tmp_path)
    assert (folder / FEEDBACK).read_text(encoding="utf-8") != first


@pytest.mark.parametrize("damaged", ["", "[1, 2]", "null", "{"])
def test_a_damaged_file_has_no_hashes(tmp_path: Path, damaged: str) -> None:
    """Then every page is made again."""
    file = tmp_path / CHARTS / "pages.json"
    file.parent.mkdir()
    file.write_text(damaged)
    kept = kept_pages(file, LAB)
    assert isinstance(kept, KeptPages)
    assert kept.before == {}
