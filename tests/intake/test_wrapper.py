"""The folder around a hand-in: as many folders as lead to one place."""

import pytest

from grader.errors import Fault
from grader.intake.wrapper import find_wrapper
from grader.types import Role
from tests.intake.archives import CHECKPOINT, NOTEBOOK

PATHS = {Role.CHECKPOINT: CHECKPOINT, Role.NOTEBOOK: NOTEBOOK}
COLAB = "content/drive/MyDrive/Lab2"


def below(prefix: str, *names: str) -> list[str]:
    """The names in the folder `prefix`."""
    return [prefix + name for name in names or (CHECKPOINT, NOTEBOOK)]


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (below(""), ""),
        (below("a/"), "a/"),
        (below("a/b/"), "a/b/"),
        (below(f"{COLAB}/"), f"{COLAB}/"),
        (below("/".join("abcdefghij") + "/"), "/".join("abcdefghij") + "/"),
        ([*below("a/b/"), "readme.txt", "a/notes.md"], "a/b/"),
        (below("a/b/", CHECKPOINT, "lab2.ipynb"), "a/b/"),
        (below("a/b/", CHECKPOINT), "a/b/"),
        (below("a/b/", NOTEBOOK), "a/b/"),
        (below("B1.zip/a/"), "B1.zip/a/"),
        (["a/b/x.txt", "a/b/c/y.txt"], "a/b/"),
        (["a/b/x.txt", "a/y.txt"], "a/"),
        (["a/model/vgg.pth"], "a/"),
        (["a/Model/vgg.pth"], "a/"),
        (["model/vgg.pth"], ""),
        (["model/model/mobilenet.pth", f"model/{NOTEBOOK}"], "model/"),
        ([f"model/{NOTEBOOK}", "model/vgg.pth"], ""),
        (["x.txt", "a/y.txt"], ""),
        ([], ""),
    ],
)
def test_the_folder_with_the_files_is_found_however_deep(names: list[str], prefix: str) -> None:
    """Files beside it, a notebook of another name and a missing file do not hide it."""
    assert find_wrapper(names, PATHS).prefix == prefix


def test_an_older_copy_in_a_folder_is_not_taken_for_the_hand_in() -> None:
    """What is at the top counts, also if its notebook has the template's name."""
    names = [CHECKPOINT, "lab2.ipynb", *below("old/")]
    assert find_wrapper(names, PATHS).prefix == ""
    assert find_wrapper([*below("a/"), *below("a/a/")], PATHS).prefix == "a/"


def test_a_second_hand_in_elsewhere_is_named() -> None:
    """The one nearer to the top is taken, and the other is not kept silent."""
    found = find_wrapper([*below("a/"), *below("b/c/")], PATHS)
    assert found.prefix == "a/"
    assert found.others == ("b/c/",)


def test_two_folders_side_by_side_are_two_hand_ins() -> None:
    """Neither is taken."""
    with pytest.raises(Fault, match="more than one"):
        find_wrapper([*below("x/a/"), *below("x/b/")], PATHS)


def test_files_spread_over_two_folders_have_no_wrapper() -> None:
    """The folder around both is looked at, and the files beside it are known."""
    found = find_wrapper([*below("x/a/", CHECKPOINT), *below("x/b/", NOTEBOOK)], PATHS)
    assert found.prefix == "x/"
    one = find_wrapper([*below("a/", NOTEBOOK), "weights/mobilenet.pth"], PATHS)
    assert one.beside == ("weights/mobilenet.pth",)


def test_a_deep_path_is_quick() -> None:
    """The time grows with the number of names, not with that of the folders in them."""
    deep = "/".join("a" * 500)
    names = [f"{number}/{deep}/{CHECKPOINT}" for number in range(1)]
    names += [f"{deep}/{number}.txt" for number in range(4000)]
    assert find_wrapper(names, PATHS).prefix == f"0/{deep}/"
