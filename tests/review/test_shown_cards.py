from pathlib import Path

from grader.intake.person import person_of
from grader.marks.notes import Note, save_note
from grader.report.pages.template import templates
from grader.review.classroom import open_classroom
from grader.review.names import Names
from grader.review.shown_cards import ShownCards
from grader.review.template_filters import TEMPLATE_FILTERS
from tests.review.classes import of_three


def test_a_card_is_made_again_only_if_something_has_changed(tmp_path: Path) -> None:
    """The same markup is returned, and another one after a note of somebody."""
    of_three(tmp_path)
    with open_classroom(tmp_path, None, None) as classroom:
        names = Names(anonymous=False, secret=b"secret")
        cards = ShownCards(classroom, names, templates("grader.review", TEMPLATE_FILTERS))
        report, part = classroom.reports()[0], cards.parts["1.1"]
        first = cards.html(report, part, (), cards.beside())
        assert cards.html(report, part, (), cards.beside()) is first
        assert cards.now(report, part) is first
        note = Note(
            person=person_of(report.submission), part="1.1", words="hm", author="bob", at="",
            version=0,
        )  # fmt: skip
        save_note(classroom.marks.engine, note, 0)
        assert "hm" in cards.now(report, part)
        assert cards.setting.lab is classroom.lab
