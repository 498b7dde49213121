import pytest

from grader.intake.advice import MOST_LISTED, about_the_whole, hint, listed
from grader.types import Role

CHECKPOINT = "model/mobilenet.pth"


@pytest.mark.parametrize(
    ("others", "words"),
    [
        (["Model/MobileNet.pth"], ("rename", "Model/MobileNet.pth", CHECKPOINT)),
        (["mobilenet.pth"], ("move", "at the top", "model/")),
        (["deep/er/mobilenet.pth"], ("move", "deep/er/mobilenet.pth", "model/")),
        (["model/mobilenet.pt"], ("save", "model/mobilenet.pt", CHECKPOINT)),
        (["vgg.ckpt"], ("vgg.ckpt", CHECKPOINT)),
        (["notes.txt"], ("Add", CHECKPOINT)),
        ([], ("Add", CHECKPOINT)),
        (["vgg.pth", "model/MOBILENET.pth"], ("rename", "MOBILENET")),
    ],
)
def test_the_likeliest_file_is_named_with_its_way_there(
    others: list[str], words: tuple[str, ...]
) -> None:
    """Another case is likelier than another folder, and that than another name."""
    found = hint(Role.CHECKPOINT, CHECKPOINT, others)
    for word in words:
        assert word in found


def test_a_notebook_is_looked_for_by_its_suffix() -> None:
    """A checkpoint of another name is not offered for one."""
    assert "work/lab2.ipynb" in hint(Role.NOTEBOOK, "B1.ipynb", ["vgg.pth", "work/lab2.ipynb"])
    assert "vgg.pth" not in hint(Role.NOTEBOOK, "B1.ipynb", ["vgg.pth"])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["b.zip"], ("b.zip is a zip in a zip:", "inner")),
        (["b.zip/c.zip"], ("b.zip/c.zip is a zip in a zip in a zip:",)),
        (["b.zip", "c.ZIP"], ("b.zip and c.ZIP", "only the one")),
        (["b.7z", "c.zip"], ("b.7z", "content")),
    ],
)
def test_an_archive_is_never_to_be_renamed(names: list[str], words: tuple[str, ...]) -> None:
    """It is named as what it is, and nothing else is said about the missing files."""
    (note,) = about_the_whole(names)
    for word in words:
        assert word in note
    for role, path in ((Role.CHECKPOINT, CHECKPOINT), (Role.NOTEBOOK, "b.ipynb")):
        assert not hint(role, path, names)


def test_an_archive_inside_and_an_unpacked_checkpoint_are_told_once() -> None:
    """However many there are of either."""
    notes = about_the_whole(["a.RAR", "b.zip", "model/data.pkl", "x/data.pkl", "notes.txt"])
    assert len(notes) == 2
    assert "a.RAR" in notes[0]
    assert "model/data.pkl" in notes[1]
    assert about_the_whole(["notes.txt"]) == ()


@pytest.mark.parametrize(
    ("names", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_as_a_sentence_says_them(names: list[str], sentence: str) -> None:
    """With commas, and `and` before the last."""
    assert listed(names) == sentence


def test_many_names_are_counted() -> None:
    """The first few are named."""
    found = listed([f"n{number}" for number in range(MOST_LISTED + 5)])
    assert found.endswith("and 5 more")
    assert f"n{MOST_LISTED - 1}" in found
    assert f"n{MOST_LISTED}" not in found
