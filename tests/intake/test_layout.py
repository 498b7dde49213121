"""Which file of a hand-in is which, and what a student is told of those that are missing."""

import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.layout import arrange
from grader.labs.spec import LabSpec, load_lab
from grader.types import Role, Status
from tests.intake.archives import (
    CHECKPOINT,
    FIRST_FORM,
    HAND_IN,
    NOTEBOOK,
    STUDENT,
    Desk,
    with_limits,
)


def within(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """`files` with a folder around them."""
    return {f"{folder}/{name}": content for name, content in files.items()}


@pytest.mark.parametrize(("files", "form"), [(FIRST_FORM, "first"), (HAND_IN, "revised")])
@pytest.mark.parametrize("wrapper", [None, STUDENT, "my hand-in"])
def test_both_forms_are_accepted(
    desk: Desk, files: Mapping[str, bytes], form: str, wrapper: str | None
) -> None:
    """Either set of files fills its form, with or without a folder around it."""
    submission, _, layout = desk.receive(within(wrapper, files) if wrapper else files)
    assert layout.status is Status.PASSED
    assert layout.review is None
    assert submission.layout == layout.evidence["layout"] == form
    assert {file.name: file.path.read_bytes() for file in submission.files} == dict(files)
    assert layout.evidence["missing"] == []
    assert layout.evidence["files"] == [
        {"role": file.role.value, "name": file.name, "size": file.size, "sha256": file.sha256}
        for file in submission.files
    ]


def test_what_systems_leave_behind_is_listed_and_ignored(desk: Desk) -> None:
    """Litter beside the wrapper folder does not hide it, and is listed."""
    litter = [
        "__MACOSX/._312551001",
        ".DS_Store",
        f"{STUDENT}/.ipynb_checkpoints/a.ipynb",
        f"{STUDENT}/Thumbs.db",
        f"{STUDENT}/__pycache__/a.pyc",
        f"{STUDENT}/data/test_batch.bin",
        f"{STUDENT}/model/._mobilenet.pth",
    ]
    _, archive, layout = desk.receive({**within(STUDENT, HAND_IN), **dict.fromkeys(litter, b"x")})
    assert layout.status is Status.PASSED
    assert archive.evidence["ignored"] == sorted(litter)


def test_a_long_list_of_ignored_files_is_cut(desk: Desk) -> None:
    """The report names the first fifty ignored files and counts the rest."""
    _, archive, _ = desk.receive({**HAND_IN, **{f"log/{n:03}": b"" for n in range(60)}})
    ignored = archive.evidence["ignored"]
    assert isinstance(ignored, list)
    assert len(ignored) == 51
    assert ignored[-1] == "and 10 more"


def test_a_file_beyond_the_form_is_kept(desk: Desk) -> None:
    """A program handed in with the revised form is there to be measured."""
    submission, _, _ = desk.receive({**HAND_IN, "model/mobilenet.pte": b"program"})
    assert submission.layout == "revised"
    assert submission.file(Role.PROGRAM) is not None


def test_the_original_lab_asks_for_four_files(desk: Desk) -> None:
    """Under the first rule, the revised form's two files are not enough."""
    original = Desk(root=desk.root, lab=load_lab("prune-mobilenet-2024-original"))
    submission, _, layout = original.receive(HAND_IN)
    assert layout.status is Status.FAILED
    assert layout.reason == "model/mobilenet.pte and xnn_executor_runner are missing."
    assert layout.evidence["missing"] == ["model/mobilenet.pte", "xnn_executor_runner"]
    assert submission.layout is None
    assert {file.role for file in submission.files} == {Role.CHECKPOINT, Role.NOTEBOOK}


@pytest.mark.parametrize(
    ("instead", "hint"),
    [
        ({}, "Add it as model/mobilenet.pth."),
        ({"mobilenet.pth": b"x"}, "Found mobilenet.pth at the top: move it to model/."),
        ({"weights/mobilenet.pth": b"x"}, "Found weights/mobilenet.pth: move it to model/."),
        (
            {"weights/MobileNet.pth": b"x"},
            "Found weights/MobileNet.pth: move it to model/ as mobilenet.pth.",
        ),
        (
            {"Model/mobilenet.pth": b"x"},
            "Found Model/mobilenet.pth: rename it to model/mobilenet.pth, upper and lower case "
            "count.",
        ),
        (
            {"model/mobilenet.pt": b"x"},
            "Found model/mobilenet.pt: it must be saved as model/mobilenet.pth.",
        ),
        (
            {"model/vgg.pth": b"x"},
            "Found model/vgg.pth: if it is this lab's model, it must be called "
            "model/mobilenet.pth; if it is another lab's, hand in this one's.",
        ),
        (
            {f"{STUDENT}.zip": b"x"},
            "Add it as model/mobilenet.pth. There is an archive inside (312551001.zip): hand in "
            "its content.",
        ),
        (
            {"mobilenet/data.pkl": b"x"},
            "Add it as model/mobilenet.pth. mobilenet/data.pkl is a part of a PyTorch checkpoint, "
            "unpacked or without a zip around it: put the .pth itself into the zip.",
        ),
    ],
)
def test_a_missing_checkpoint_is_looked_for(
    desk: Desk, instead: Mapping[str, bytes], hint: str
) -> None:
    """The verdict names the missing path, and the help the file that is likely meant."""
    submission, archive, layout = desk.receive({NOTEBOOK: HAND_IN[NOTEBOOK], **instead})
    assert archive.status is Status.PASSED
    assert layout.status is Status.FAILED
    assert layout.reason == "model/mobilenet.pth is missing."
    assert layout.help == hint
    assert layout.expected == f"model/mobilenet.pth and {NOTEBOOK}"
    assert layout.evidence["missing"] == [CHECKPOINT]
    assert submission.layout is None
    assert [file.role for file in submission.files] == [Role.NOTEBOOK]


def test_nothing_of_the_lab_is_a_verdict_too(desk: Desk) -> None:
    """A zip of something else names all that is missing and what is there."""
    _, _, layout = desk.receive({"readme.txt": b"sorry"})
    assert layout.reason == f"model/mobilenet.pth and {NOTEBOOK} are missing."
    assert layout.actual == "readme.txt"


@pytest.mark.parametrize(
    ("name", "note"),
    [
        (
            "lab2.ipynb",
            "The notebook is called lab2.ipynb, like the template; 312551001.ipynb is expected.",
        ),
        (
            "312551002.ipynb",
            "The notebook is called 312551002.ipynb; 312551001.ipynb is expected.",
        ),
    ],
)
def test_a_misnamed_notebook_is_taken_and_reported(desk: Desk, name: str, note: str) -> None:
    """The only notebook at the top counts, and a person is told of its name."""
    submission, _, layout = desk.receive({CHECKPOINT: b"weights", name: b"{}"})
    assert layout.status is Status.PASSED
    assert layout.review == note
    assert layout.evidence["notebook_expected"] == NOTEBOOK
    assert layout.evidence["notebook_found"] == name
    notebook = submission.file(Role.NOTEBOOK)
    assert notebook is not None
    assert notebook.name == name


def test_other_notebooks_beside_the_right_one_do_not_matter(desk: Desk) -> None:
    """With the expected notebook there, another is ignored."""
    _, archive, layout = desk.receive({**HAND_IN, "lab2.ipynb": b"{}"})
    assert layout.review is None
    assert archive.evidence["ignored"] == ["lab2.ipynb"]


def test_two_misnamed_notebooks_are_a_question(desk: Desk) -> None:
    """Where two notebooks could be meant, the verdict asks which."""
    submission, _, layout = desk.receive({CHECKPOINT: b"weights", "a.ipynb": b"", "b.ipynb": b""})
    assert layout.status is Status.FAILED
    assert layout.reason == f"a.ipynb and b.ipynb are here; none is called {NOTEBOOK}."
    assert "Which notebook counts?" in str(layout.help)
    assert submission.file(Role.CHECKPOINT) is not None


@pytest.mark.parametrize(
    ("instead", "hint"),
    [
        ({}, f"Add the notebook at the top, as {NOTEBOOK}."),
        ({"src/lab2.ipynb": b"{}"}, f"Found src/lab2.ipynb: move it to the top as {NOTEBOOK}."),
        ({f"src/{NOTEBOOK}": b"{}"}, f"Found src/{NOTEBOOK}: move it to the top."),
    ],
)
def test_a_missing_notebook_is_looked_for(
    desk: Desk, instead: Mapping[str, bytes], hint: str
) -> None:
    """A checkpoint alone is not a hand-in; a notebook in a folder is found for the help."""
    submission, _, layout = desk.receive({CHECKPOINT: b"weights", **instead})
    assert layout.status is Status.FAILED
    assert layout.reason == f"{NOTEBOOK} is missing."
    assert layout.help == hint
    assert submission.file(Role.CHECKPOINT) is not None


def test_an_empty_checkpoint_is_told(desk: Desk) -> None:
    """A file of no bytes is not a checkpoint, and is not called missing."""
    submission, _, layout = desk.receive({**HAND_IN, CHECKPOINT: b""})
    assert layout.status is Status.FAILED
    assert layout.reason == "model/mobilenet.pth is empty."
    assert layout.evidence["missing"] == []
    assert submission.file(Role.CHECKPOINT) is None


def test_a_checkpoint_beyond_the_limit_is_not_copied(desk: Desk) -> None:
    """A file larger than the lab accepts is refused with both numbers."""
    small = Desk(root=desk.root, lab=with_limits(desk.lab, checkpoint_bytes=100))
    _, _, layout = small.receive(HAND_IN)
    assert layout.reason == ("model/mobilenet.pth has 320 bytes, and the lab accepts at most 100.")
    assert [path.name for path in small.work.iterdir()] == ["notebook"]


def test_a_useless_extra_file_does_not_spoil_the_form(desk: Desk) -> None:
    """An empty file that no accepted form needs is left out, and a person is told."""
    submission, _, layout = desk.receive({**FIRST_FORM, "model/mobilenet.pte": b""})
    assert submission.layout == "revised"
    assert layout.review == "model/mobilenet.pte is empty and was left out."
    assert submission.file(Role.PROGRAM) is None


def test_two_hand_ins_in_one_zip_are_refused(desk: Desk) -> None:
    """With two students' folders in a zip, neither is picked."""
    submission, _, layout = desk.receive({**within("a", HAND_IN), **within("b", HAND_IN)})
    assert layout.status is Status.FAILED
    assert layout.reason == "There is more than one hand-in here: a/ and b/."
    assert submission.files == ()


def test_a_hand_in_spread_over_two_folders_is_told_so(desk: Desk) -> None:
    """Where no folder holds more than another, none is the wrapper, and both files are found."""
    _, _, layout = desk.receive({f"a/{CHECKPOINT}": b"w", f"b/{NOTEBOOK}": b"{}"})
    assert layout.reason == f"model/mobilenet.pth and {NOTEBOOK} are missing."
    assert layout.help == (
        f"Found a/model/mobilenet.pth: move it to model/. Found b/{NOTEBOOK}: move it to the top."
    )


def test_a_misnamed_and_empty_notebook_is_called_by_its_name(desk: Desk) -> None:
    """What is wrong with a file is said of the file that is there."""
    _, _, layout = desk.receive({CHECKPOINT: b"w", "lab2.ipynb": b""})
    assert layout.reason == "lab2.ipynb is empty."


def test_many_files_are_counted_rather_than_named(desk: Desk) -> None:
    """A sentence names eight files at most."""
    _, _, layout = desk.receive({f"{number}.txt": b"" for number in range(10)})
    assert layout.actual == ("0.txt, 1.txt, 2.txt, 3.txt, 4.txt, 5.txt, 6.txt, 7.txt and 2 more")


def test_files_beside_the_wrapper_do_not_hide_it(desk: Desk) -> None:
    """The folder that holds the asked-for files is the hand-in, whatever lies beside it."""
    _, _, layout = desk.receive({**within(STUDENT, HAND_IN), "readme.txt": b""})
    assert layout.status is Status.PASSED


def test_the_model_folder_is_no_wrapper(lab: LabSpec) -> None:
    """A zip of only the model folder lacks its notebook, not its checkpoint."""
    arrangement = arrange({CHECKPOINT: 1}, STUDENT, lab)
    assert arrangement.wrapper == ""
    assert arrangement.missing == (NOTEBOOK,)


def test_accents_are_one_letter_however_they_are_written(desk: Desk) -> None:
    """An id that macOS spelled in another normal form is the same id."""
    student = "Renée"
    notebook = unicodedata.normalize("NFD", f"{student}.ipynb")
    _, _, layout = desk.receive({CHECKPOINT: b"w", notebook: b"{}"}, name=f"{student}.zip")
    assert layout.status is Status.PASSED
    assert layout.review is None


@given(
    st.dictionaries(
        st.sampled_from([CHECKPOINT, NOTEBOOK, "model/mobilenet.pte", "xnn_executor_runner"])
        | st.text("abM/.é", min_size=1).map(lambda name: name.strip("/") or "a"),
        st.integers(0, 10),
        max_size=6,
    )
)
def test_every_set_of_files_fills_a_form_or_says_why(lab: LabSpec, sizes: dict[str, int]) -> None:
    """Whatever was handed in fills a form or gets a fault with help; no empty file is used."""
    arrangement = arrange(sizes, STUDENT, lab)
    assert (arrangement.form is None) is (arrangement.fault is not None)
    if arrangement.fault is not None:
        assert arrangement.fault.reason
        assert arrangement.fault.help
    for name in arrangement.usable.values():
        assert sizes[arrangement.wrapper + name] > 0
