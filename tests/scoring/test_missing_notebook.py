from collections.abc import Mapping

import pytest

from grader.scoring.grade import NO_NOTEBOOK, grade
from grader.scoring.missing_notebook import has_no_notebook
from grader.types import Json, Mark, Measurement, Status
from tests.scoring.test_grade import LAB, error, failed, passed, skipped

MISSING: Mapping[str, Json] = {"notebook_expected": "B1.ipynb", "notebook_found": None}
ASKED = sum(each.points for each in LAB.questions)


def handed_in(*ignored: str, links: tuple[str, ...] = (), **layout: Json) -> list[Measurement]:
    """A hand-in without a notebook at the top, and with these files that nobody asked for."""
    return [
        passed("intake.archive", ignored=list(ignored), links=list(links)),
        failed("intake.layout", "B1.ipynb is missing.", **{**MISSING, **layout}),
        *(skipped(f"question.{each.id}", "There is no notebook.") for each in LAB.questions),
    ]


def without(*measurements: Measurement) -> bool:
    """True if the scorer says that there is no notebook."""
    return has_no_notebook({each.id: each for each in measurements})


def test_no_notebook_gives_its_questions_no_points() -> None:
    """Every question has zero points by the machine and the reason; nothing is pending."""
    result = grade(LAB, handed_in("readme.txt"))
    asked = [each for item in result.items for each in item.questions]
    assert len(asked) == len(LAB.questions)
    for each in asked:
        assert (each.earned, each.by, each.status) == (0.0, "machine", Status.FAILED)
        assert each.reason == NO_NOTEBOOK
    assert result.pending == 0


def test_a_person_can_still_give_points() -> None:
    """A mark replaces the zero of one question; taken back, the zero counts again."""

    def mark(points: float | None) -> Mark:
        return Mark(
            person="id:B1",
            student="B1",
            part="1.1",
            points=points,
            comment="Sent by mail.",
            author="a",
            at="",
            version=1,
        )

    given = grade(LAB, handed_in(), {"1.1": mark(2.0)})
    found = {each.id: each for item in given.items for each in item.questions}
    assert (found["1.1"].earned, found["1.1"].by) == (2.0, "person")
    assert (found["1.2"].earned, given.pending) == (0.0, 0.0)
    back = grade(LAB, handed_in(), {"1.1": mark(None)})
    assert next(q for i in back.items for q in i.questions if q.id == "1.1").earned == 0.0


@pytest.mark.parametrize(
    "found",
    [
        handed_in("work/lab2.ipynb"),
        handed_in("Copy of LAB2.IPYNB"),
        handed_in("lab2.ipynb.txt"),
        handed_in("everything.7z"),
        handed_in("a.ipynb", "b.ipynb"),
        handed_in(links=("venv/lab2.ipynb",), other_notebooks=["lab2.ipynb"]),
        handed_in(links=("lab2.ipynb",)),
        handed_in(notebook_found="B1.ipynb"),
        handed_in(*(f"images/{number}.png" for number in range(50)), "and 3 more"),
        [passed("intake.archive"), failed("intake.layout", "?", **MISSING)],
        [failed("intake.archive", "damaged"), skipped("intake.layout", "not unpacked")],
        [passed("intake.archive", ignored=[]), error("intake.layout")],
        [skipped("intake.choice", "Two hand-ins.")],
        [],
    ],
)
def test_what_may_be_a_notebook_is_for_a_person(found: list[Measurement]) -> None:
    """Another name or folder, an archive, an unreadable hand-in: the points stay pending."""
    assert not without(*found)
    assert grade(LAB, found).pending == ASKED


def test_a_long_list_of_files_is_known_by_its_notebooks() -> None:
    """The list of all files is cut, that of the notebooks says that there is none."""
    many = [f"images/{number}.png" for number in range(50)]
    assert without(*handed_in(*many, "and 3 more", other_notebooks=[]))


def test_files_of_an_editor_are_no_notebook() -> None:
    """Jupyter's checkpoints and the files of macOS are not what the student handed in."""
    assert without(*handed_in(".ipynb_checkpoints/lab2-checkpoint.ipynb", "__MACOSX/._lab2.ipynb"))


def test_a_lab_that_asks_for_no_notebook_misses_none() -> None:
    """Without an expected notebook nothing is decided."""
    assert not without(*handed_in(notebook_expected=None))


def test_an_error_is_never_a_zero() -> None:
    """A question whose check failed because of the grader stays pending."""
    found = [*handed_in(), error("question.2")]
    result = grade(LAB, found)
    asked = {each.id: each for item in result.items for each in item.questions}
    assert asked["2"].earned is None
    assert result.pending == asked["2"].possible
