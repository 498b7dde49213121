import pytest

from grader.notebook.sanitise import Sanitiser
from grader.sandbox.markup import tidied, without_overrides


def test_characters_that_turn_text_around_are_shown() -> None:
    """Code is read in the order in which it runs."""
    assert without_overrides("a\u202eb\u2066c") == "a\\u202eb\\u2066c"
    assert Sanitiser().clean("<code>\u202e</code>") == "<code>\\u202e</code>"
    assert without_overrides("剪枝 é") == "剪枝 é"


@pytest.mark.parametrize(
    ("fragment", "left"),
    [
        ("<b onclick=x>bold</b>", "<b>bold</b>"),
        ("a<script>alert(1)</script>b", "ab"),
        ("<b>never closed", "<b>never closed</b>"),
        ("<!-- hidden -->shown", "shown"),
        ('<span class="k evil">def</span>', '<span class="k">def</span>'),
        ('<img src="image:3" alt="a plot">', '<img src="image:3" alt="a plot">'),
        ('<img src="https://evil.example/x.png">', "<img>"),
        ('<td colspan="2" style="color:red">x</td>', "x"),
    ],
)
def test_what_is_on_the_list_is_left(fragment: str, left: str) -> None:
    """Tags, attributes and classes; an image only where its data was taken out."""
    assert tidied(fragment) == left


def test_a_link_tells_nobody_where_it_was_clicked() -> None:
    """And leads to no script."""
    assert 'rel="noopener noreferrer nofollow"' in tidied('<a href="https://x.example">x</a>')
    assert "javascript" not in tidied('<a href="javascript:alert(1)">x</a>')
