from grader.report.facts import facts
from tests.report.write_ups import DEVICE, ODD, UNREADABLE, WRONG, answer, cell, pdf, table


def test_an_answer_has_its_page_and_its_words() -> None:
    """A long quote is cut."""
    (line,) = facts(answer("device", page=7))
    assert "page 7" in line
    assert DEVICE in line
    (cut,) = facts(answer("device", quote="word " * 100))
    assert len(cut) < 200


def test_the_pdf_has_its_pages_typos_and_declared_change() -> None:
    """Pages without text are named."""
    lines = " ".join(facts(pdf(without_text=(2,))))
    for word in ("4 pages", "no text on page 2", "crop = 28", "We did not crop.", "teh"):
        assert word in lines
    assert facts(UNREADABLE) == ()


def test_a_table_says_which_cells_cannot_be_right_and_why() -> None:
    """With what is expected; those that only differ are named, too."""
    lines = facts(table(cell("float32", "size", "5.885"), WRONG, ODD))
    assert "4 of 4 rows" in lines[0]
    assert "parameters" in lines[0]
    assert "3 of 4" in lines[1]
    wrong = next(each for each in lines if "1.515" in each)
    for word in ("size", "dynamic-float16", "page 3", "5.886 MB", "int8"):
        assert word in wrong
    assert any("80 %" in each and "97 % to 98 %" in each for each in lines)
    assert not any("5.885:" in each for each in lines)


def test_a_cell_that_was_not_read_is_named() -> None:
    """A person looks."""
    lines = facts(table(cell("float32", "size", "5.8?", "not read")))
    assert any("not read: size, float32" in each for each in lines)
