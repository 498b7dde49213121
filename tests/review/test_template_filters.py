from grader.review.template_filters import TEMPLATE_FILTERS


def test_formulas_and_code_of_an_answer_are_markup() -> None:
    """All else is escaped, and characters that could mislead are visible."""
    formulas = TEMPLATE_FILTERS["formulas"]
    shown = str(formulas("<b> $x^2$ `a<b`\n\u202eevil"))
    assert "<msup>" in shown
    assert "<code>a&lt;b</code>" in shown
    assert "&lt;b&gt;" in shown
    assert "\u202e" not in shown


def test_numbers_have_their_words() -> None:
    """One student, and several."""
    students, counted = TEMPLATE_FILTERS["students"], TEMPLATE_FILTERS["counted"]
    assert (students(1), students(0), students(12)) == ("1 student", "0 students", "12 students")
    assert (counted(1), counted(2.5)) == ("1 point", "2.5 points")
