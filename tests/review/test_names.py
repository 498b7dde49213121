from pathlib import Path

from tests.review.browsers import logged_in
from tests.review.classes import STUDENTS, of_three


def test_hidden_ids_are_nowhere(tmp_path: Path) -> None:
    """No page of an anonymous session contains an id, including the notebook."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path, anonymous=True)
    key = names.key(STUDENTS[0])
    for path in ("/", f"/student/{key}", "/question/1.1", f"/notebook/{key}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert not any(student in answer.text for student in STUDENTS)
