from dataclasses import replace
from pathlib import Path

from grader.results.write import write_results
from tests.report.examples import LAB
from tests.review.browsers import logged_in
from tests.review.classes import STUDENTS, notebook, of_three


def test_a_notebook_cannot_run_scripts(tmp_path: Path) -> None:
    """Its own policy puts it into a sandbox."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path)
    answer = browser.get(f"/notebook/{names.key(STUDENTS[0])}")
    assert f"Cell 1 of {STUDENTS[0]}" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_hand_in_without_a_notebook_has_no_page(tmp_path: Path) -> None:
    """Nor has somebody who is not in the class."""
    first, *rest = of_three(tmp_path)
    measured = tuple(
        notebook(None) if each.id == "notebook" else each for each in first.measurements
    )
    write_results([replace(first, measurements=measured), *rest], LAB, tmp_path)
    browser, names = logged_in(tmp_path)
    assert browser.get(f"/notebook/{names.key(STUDENTS[0])}").status_code == 404
    assert browser.get("/notebook/0123456789abcdef").status_code == 404
