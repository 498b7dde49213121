from grader.writeup.own_text import Part
from grader.writeup.typos import typos


def test_a_misspelt_word_is_named_once_with_its_correction() -> None:
    """Not in the lab's own text, and not in code."""
    parts = [
        Part(text="Desribe it.", page=1, own=True),
        Part(
            text="We recieved a qnnpack engine; RuntimeError in torch.recieve_it", page=2, own=False
        ),
        Part(text="Recieved again, seperate.", page=3, own=False),
    ]
    assert [(each.word, each.correct, each.page) for each in typos(parts)] == [
        ("recieved", "received", 2),
        ("seperate", "separate", 3),
    ]
