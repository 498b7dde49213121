"""The static files of the pages."""

from pathlib import Path

import pytest

from tests.review.browsers import logged_in
from tests.review.classes import of_three


@pytest.mark.parametrize("name", ["style.css", "review.css", "review.js", "entrance.js"])
def test_each_file_is_served(tmp_path: Path, name: str) -> None:
    """With its type; any other name is not found."""
    of_three(tmp_path)
    browser, _ = logged_in(tmp_path)
    answer = browser.get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/")
    assert browser.get("/static/app.py").status_code == 404
