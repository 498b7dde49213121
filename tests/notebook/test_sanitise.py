"""The result of sanitising markup, and its cost."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.notebook import sanitise
from grader.notebook.sanitise import Sanitiser
from grader.sandbox.markup import TAGS_AT_MOST, tidied
from tests.hostile.inspect_page import inspected
from tests.notebook.books import jpeg, png

PNG = base64.b64decode(png())
JPEG = jpeg()
MARKUP = st.lists(
    st.sampled_from(
        ["<script>", "</script>", "<img src=", "x", " onerror=", '"', "'", ">", "<", "</", "<!--",
         "-->", "<svg>", "<math>", "<style>", "</style>", "<a href=", "javascript:", "&#0;", "&lt;",
         "<table>", "<td>", "<template>", "<![CDATA[", "]]>", "image:0", "<title>", "\0", "<p id=a"]
    )
    | st.text(string.printable, max_size=3),
    max_size=40,
).map("".join)  # fmt: skip


@given(MARKUP)
def test_whatever_comes_in_something_inert_comes_out(markup: str) -> None:
    """Only what is on the lists, every element closed where it was opened, nothing to fetch."""
    for fragment in (markup, tidied(markup)):  # a child may be made to leave that out
        clean = Sanitiser([("image/png", PNG)]).clean(fragment)
        assert clean is not None or fragment is markup
        assert inspected(f'<section class="cell">{clean}</section>').problems == []


@given(MARKUP)
def test_what_is_clean_stays_as_it_is(markup: str) -> None:
    """Cleaning again, images apart, takes nothing more away."""
    clean = Sanitiser().clean(tidied(markup))
    assert clean is not None
    assert Sanitiser().clean(clean) == clean


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<b>a</b> <i>b</i>", "<b>a</b> <i>b</i>"),
        ("<font color=red>a</font>", "a"),
        ("a<script>b</script>c", "ac"),
        ('<td colspan="2">', ""),
        ('<span class="k note">a</span>', '<span class="k">a</span>'),
        ("if a < b and b > c", "if a &lt; b and b &gt; c"),
        ("$a_1 < b$", "$a_1 &lt; b$"),
        ("<div>a", "<div>a</div>"),
        ("a</section>b", "ab"),
    ],
)
def test_what_is_left(markup: str, left: str) -> None:
    """Words stay, and markup that means something to a reader."""
    assert Sanitiser().clean(tidied(markup)) == left


@pytest.mark.parametrize(
    ("mime", "data", "kept"),
    [
        ("image/png", PNG, True),
        ("image/jpeg", JPEG, True),
        ("image/png", JPEG, False),
        ("image/jpeg", PNG, False),
        ("image/png", PNG[:30], False),
        ("image/gif", b"GIF89a", False),
        ("image/webp", b"RIFF\x0a\x00\x00\x00WEBP", False),
        ("image/svg+xml", b"\n<svg/>", False),
        ("image/png", b"<script>", False),
        ("image/bmp", b"BM", False),
        ("text/html", b"<script>", False),
    ],
)
def test_an_image_is_of_the_kind_it_is_said_to_be(mime: str, data: bytes, kept: bool) -> None:
    """Only a still picture of limited size is embedded, as the child makes them."""
    clean = Sanitiser([(mime, data)]).clean("<img src='image:0'>")
    uri = f"data:{mime};base64,{base64.b64encode(data).decode()}"
    assert clean == (f'<img src="{uri}">' if kept else "<img>")


def test_one_image_shown_often_is_shown_until_its_share_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten thousand times eight megabytes would fill the grader's own memory."""
    monkeypatch.setattr(sanitise, "IMAGES_AT_MOST", 3 * len(PNG))
    clean = Sanitiser([("image/png", PNG)]).clean("<img src='image:0'>" * 5)
    assert clean is not None
    assert clean.count("data:") == 3
    assert clean.count("<img>") == 2


def test_pictures_share_their_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser decodes what is shown, however few bytes it has."""
    monkeypatch.setattr(sanitise, "PIXELS_OF_ALL", 3 * 48 * 32)
    clean = Sanitiser([("image/png", PNG)]).clean("<img src='image:0'>" * 5)
    assert clean is not None
    assert clean.count("data:") == 3


def test_markup_beyond_any_honest_notebook_is_not_parsed() -> None:
    """Too long, too many tags in one fragment, or in all of them."""
    assert Sanitiser().clean("x" * (sanitise.FRAGMENT_AT_MOST + 1)) is None
    assert Sanitiser().clean("<" * (TAGS_AT_MOST + 1)) is None
    one = Sanitiser()
    fragment = "<br>" * TAGS_AT_MOST
    cleaned = [one.clean(fragment) is not None for _ in range(16)]
    assert cleaned == [True] * 15 + [False]


@pytest.mark.parametrize("markup", ["<b x=1>", "<B/x=1>", "<code\nx=1>", "<i title=a>"])
def test_markup_that_multiplies_is_not_parsed(markup: str) -> None:
    """The child takes such attributes away: who sends them is not it."""
    assert Sanitiser().clean(markup) is None
    assert Sanitiser().clean(tidied(markup)) is not None
