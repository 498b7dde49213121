from grader.labs.write_up_answer import WriteUpAnswer
from grader.writeup.answers import QUOTE_AT_MOST, Where, find_answers
from grader.writeup.own_text import Part

DEVICE = WriteUpAnswer(id="device", title="Device", words=("Raspberry Pi", "Jetson"))
CPU = WriteUpAnswer(id="cpu", title="Processor", patterns=(r"\bi[3579]-\d{4,5}",))


def part(text: str, *, page: int = 1, own: bool = False) -> Part:
    """A part of a write-up."""
    return Part(text=text, page=page, own=own)


def test_an_answer_is_found_with_its_page_and_a_quote() -> None:
    """The lab's own text is not searched; each page is named once."""
    found, cpu = find_answers(
        [DEVICE, CPU],
        [
            part("Which Raspberry Pi or Jetson?", own=True),
            part("We use a raspberry  pi 4.", page=2),
            part("The Raspberry Pi is slow.", page=2),
            part("x " * 300 + "an Intel i7-11800H " + "y " * 300, page=3),
        ],
    )
    assert (found.where, found.question_page) == (Where.FOUND, 1)
    assert [(each.page, each.quote) for each in found.places] == [(2, "We use a raspberry  pi 4.")]
    assert cpu.where is Where.FOUND
    quote = cpu.places[0].quote
    assert quote.startswith("… ")
    assert "i7-11800H" in quote
    assert len(quote) <= QUOTE_AT_MOST + 4


def test_only_the_question_is_no_answer() -> None:
    """Nor is a part of a word."""
    (found,) = find_answers([DEVICE], [part("A Jetson?", page=2, own=True), part("Jetsons")])
    assert (found.where, found.places, found.question_page) == (Where.ONLY_THE_QUESTION, (), 2)
    (found,) = find_answers([DEVICE], [part("Jetsons")])
    assert found.where is Where.NOT_FOUND


def test_a_pattern_may_begin_with_flags() -> None:
    """Each is searched by itself; the first place counts."""
    answer = WriteUpAnswer(id="a", title="A", patterns=("(?i)second", "(?x) f i r s t"))
    (found,) = find_answers([answer], [part("The first is before the SECOND.")])
    assert found.where is Where.FOUND
    assert found.places[0].quote == "The first is before the SECOND."


def test_a_row_of_numbers_is_no_answer() -> None:
    """A model called "Lab 2" in a table compares nothing; a sentence with numbers is an answer."""
    answer = WriteUpAnswer(id="a", title="A", patterns=(r"lab 2", "Ubuntu"))
    row = part("Lab 2 -- float32 5.885 0.9756 0.61 +/- 0.02 9.4 +/- 0.2")
    assert find_answers([answer], [row])[0].where is Where.NOT_FOUND
    sentence = part("Raspberry Pi 4B 8 GB, Ubuntu 22.04.3, PyTorch 2.0.1")
    assert find_answers([answer], [row, sentence])[0].places[0].quote == sentence.text
