"""The files of a hand-in by role, and the advice about those that are missing."""

import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evidence.intake import LayoutEvidence
from grader.intake import receive
from grader.intake.layout import arrange
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.types import Role, Status
from tests.intake.archives import (
    CHECKPOINT,
    FIRST_FORM,
    HAND_IN,
    NOTEBOOK,
    STUDENT,
    Bench,
    with_limits,
    zipped,
)


def within(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """`files` with a folder around them."""
    return {f"{folder}/{name}": content for name, content in files.items()}


@pytest.mark.parametrize(("files", "form"), [(FIRST_FORM, "first"), (HAND_IN, "revised")])
@pytest.mark.parametrize("wrapper", [None, STUDENT, "my hand-in"])
def test_both_forms_are_accepted(
    bench: Bench, files: Mapping[str, bytes], form: str, wrapper: str | None
) -> None:
    """Each set of files completes its form, with or without a folder around it."""
    submission, _, layout = bench.receive(within(wrapper, files) if wrapper else files)
    assert layout.status is Status.PASSED
    assert layout.review is None
    assert submission.layout == layout.evidence["layout"] == form
    assert {file.name: file.path.read_bytes() for file in submission.files} == dict(files)
    assert layout.evidence["missing"] == []
    assert layout.evidence["files"] == [
        {"role": file.role.value, "name": file.name, "size": file.size, "sha256": file.sha256}
        for file in submission.files
    ]


def test_what_systems_leave_behind_is_listed_and_ignored(bench: Bench) -> None:
    """Ignored files beside the wrapper folder do not hide it, and are listed."""
    litter = [
        "__MACOSX/._312551001",
        ".DS_Store",
        f"{STUDENT}/.ipynb_checkpoints/a.ipynb",
        f"{STUDENT}/Thumbs.db",
        f"{STUDENT}/__pycache__/a.pyc",
        f"{STUDENT}/data/test_batch.bin",
        f"{STUDENT}/model/._mobilenet.pth",
    ]
    _, archive, layout = bench.receive({**within(STUDENT, HAND_IN), **dict.fromkeys(litter, b"x")})
    assert layout.status is Status.PASSED
    assert archive.evidence["ignored"] == sorted(litter)


def test_a_long_list_of_ignored_files_is_cut(bench: Bench) -> None:
    """The report names the first fifty ignored files and counts the rest."""
    _, archive, _ = bench.receive({**HAND_IN, **{f"log/{n:03}": b"" for n in range(60)}})
    ignored = archive.evidence["ignored"]
    assert isinstance(ignored, list)
    assert len(ignored) == 51
    assert ignored[-1] == "and 10 more"


def test_a_file_beyond_the_form_is_kept(bench: Bench) -> None:
    """A program handed in with the revised form is there to be measured."""
    submission, _, _ = bench.receive({**HAND_IN, "model/mobilenet.pte": b"program"})
    assert submission.layout == "revised"
    assert submission.file(Role.PROGRAM) is not None


def test_the_original_lab_asks_for_four_files(bench: Bench) -> None:
    """Under the first rule, the revised form's two files are not enough."""
    original = Bench(root=bench.root, lab=network_lab("prune-mobilenet-2024-original"))
    submission, _, layout = original.receive(HAND_IN)
    assert layout.status is Status.FAILED
    assert layout.evidence["missing"] == ["model/mobilenet.pte", "xnn_executor_runner"]
    assert submission.layout is None
    assert {file.role for file in submission.files} == {Role.CHECKPOINT, Role.NOTEBOOK}


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({}, ["Add", CHECKPOINT]),
        ({"mobilenet.pth": b"x"}, ["mobilenet.pth at the top", "move it to model/."]),
        ({"weights/mobilenet.pth": b"x"}, ["weights/mobilenet.pth", "move it to model/."]),
        (
            {"weights/MobileNet.pth": b"x"},
            ["weights/MobileNet.pth", "move it to model/ as mobilenet.pth"],
        ),
        ({"Model/mobilenet.pth": b"x"}, ["Model/mobilenet.pth", "rename", CHECKPOINT, "case"]),
        ({"model/mobilenet.pt": b"x"}, ["model/mobilenet.pt:", "save", CHECKPOINT]),
        ({"model/vgg.pth": b"x"}, ["model/vgg.pth", CHECKPOINT, "model of this lab"]),
        ({f"{STUDENT}.zip": b"x"}, [f"{STUDENT}.zip is a zip", "inner"]),
        ({"mobilenet/data.pkl": b"x"}, ["Add", "mobilenet/data.pkl", "PyTorch checkpoint"]),
    ],
)
def test_a_missing_checkpoint_is_looked_for(
    bench: Bench, instead: Mapping[str, bytes], words: list[str]
) -> None:
    """The evidence has the missing path, and the help names the file that is probably meant."""
    submission, archive, layout = bench.receive({NOTEBOOK: HAND_IN[NOTEBOOK], **instead})
    assert archive.status is Status.PASSED
    assert layout.status is Status.FAILED
    assert CHECKPOINT in str(layout.reason)
    assert [word for word in words if word not in str(layout.help)] == []
    assert CHECKPOINT in str(layout.expected)
    assert NOTEBOOK in str(layout.expected)
    assert layout.evidence["missing"] == [CHECKPOINT]
    assert submission.layout is None
    assert [file.role for file in submission.files] == [Role.NOTEBOOK]


def test_nothing_of_the_lab_is_a_verdict_too(bench: Bench) -> None:
    """For a zip of other files, the check names all missing files and those found."""
    _, _, layout = bench.receive({"readme.txt": b"sorry"})
    assert layout.evidence["missing"] == [CHECKPOINT, NOTEBOOK]
    assert layout.actual == "readme.txt"


@pytest.mark.parametrize(
    ("name", "is_template"), [("lab2.ipynb", True), ("312551002.ipynb", False)]
)
def test_a_misnamed_notebook_is_taken_and_reported(
    bench: Bench, name: str, is_template: bool
) -> None:
    """The only notebook at the top counts, and the measurement asks for review of its name."""
    submission, _, layout = bench.receive({CHECKPOINT: b"weights", name: b"{}"})
    assert layout.status is Status.PASSED
    assert name in str(layout.review)
    assert NOTEBOOK in str(layout.review)
    assert ("template" in str(layout.review)) is is_template
    assert layout.evidence["notebook_expected"] == NOTEBOOK
    assert layout.evidence["notebook_found"] == name
    notebook = submission.file(Role.NOTEBOOK)
    assert notebook is not None
    assert notebook.name == name


def test_other_notebooks_beside_the_right_one_do_not_matter(bench: Bench) -> None:
    """With the expected notebook there, another is ignored."""
    _, archive, layout = bench.receive({**HAND_IN, "lab2.ipynb": b"{}"})
    assert layout.review is None
    assert archive.evidence["ignored"] == ["lab2.ipynb"]


@pytest.mark.parametrize(
    ("other", "listed"),
    [
        ("work/lab2.ipynb", ["work/lab2.ipynb"]),
        ("lab2.ipynb.zip", ["lab2.ipynb.zip"]),
        ("readme.txt", []),
        (".ipynb_checkpoints/lab2-checkpoint.ipynb", []),
    ],
)
def test_a_notebook_elsewhere_is_listed(bench: Bench, other: str, listed: list[str]) -> None:
    """Without a notebook at the top, what may be or hold one is in the evidence, however many."""
    many = {f"images/{number:03}.png": b"" for number in range(60)}
    _, _, layout = bench.receive({CHECKPOINT: b"weights", other: b"{}", **many})
    assert layout.status is Status.FAILED
    assert layout.evidence["notebook_found"] is None
    assert layout.evidence["other_notebooks"] == listed


def test_two_misnamed_notebooks_are_a_question(bench: Bench) -> None:
    """If two notebooks could be meant, the check fails and names both."""
    submission, _, layout = bench.receive({CHECKPOINT: b"weights", "a.ipynb": b"", "b.ipynb": b""})
    assert layout.status is Status.FAILED
    assert "a.ipynb and b.ipynb" in str(layout.reason)
    assert NOTEBOOK in str(layout.help)
    assert submission.file(Role.CHECKPOINT) is not None


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({}, ["Add", NOTEBOOK]),
        ({"src/lab2.ipynb": b"{}"}, ["src/lab2.ipynb", f"as {NOTEBOOK}"]),
        ({f"src/{NOTEBOOK}": b"{}"}, [f"src/{NOTEBOOK}", "move it to the top"]),
    ],
)
def test_a_missing_notebook_is_looked_for(
    bench: Bench, instead: Mapping[str, bytes], words: list[str]
) -> None:
    """A checkpoint alone is not a hand-in; the help names a notebook in a folder."""
    submission, _, layout = bench.receive({CHECKPOINT: b"weights", **instead})
    assert layout.status is Status.FAILED
    assert layout.evidence["missing"] == [NOTEBOOK]
    assert [word for word in words if word not in str(layout.help)] == []
    assert submission.file(Role.CHECKPOINT) is not None


def test_an_empty_checkpoint_is_told(bench: Bench) -> None:
    """An empty file is not a checkpoint, and is not listed as missing."""
    submission, _, layout = bench.receive({**HAND_IN, CHECKPOINT: b""})
    assert layout.status is Status.FAILED
    assert "empty" in str(layout.reason)
    assert layout.evidence["missing"] == []
    assert submission.file(Role.CHECKPOINT) is None


def test_a_checkpoint_beyond_the_limit_is_not_copied(bench: Bench) -> None:
    """A file larger than the lab accepts is refused with both numbers."""
    small = Bench(root=bench.root, lab=with_limits(bench.lab, checkpoint_bytes=100))
    _, _, layout = small.receive(HAND_IN)
    assert "320 bytes" in str(layout.reason)
    assert "100" in str(layout.reason)
    assert [path.name for path in small.work.iterdir()] == ["notebook"]


def test_a_useless_extra_file_does_not_spoil_the_form(bench: Bench) -> None:
    """An empty file that no accepted form needs is not used, and needs review."""
    submission, _, layout = bench.receive({**FIRST_FORM, "model/mobilenet.pte": b""})
    assert submission.layout == "revised"
    assert "model/mobilenet.pte is empty" in str(layout.review)
    assert submission.file(Role.PROGRAM) is None


def test_two_hand_ins_in_one_zip_are_refused(bench: Bench) -> None:
    """With the folders of two students in a zip, neither is used."""
    submission, _, layout = bench.receive({**within("a", HAND_IN), **within("b", HAND_IN)})
    assert layout.status is Status.FAILED
    assert "a/ and b/" in str(layout.reason)
    assert submission.files == ()


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({f"hw2/{STUDENT}/mobilenet.pth": b"w", f"hw2/{STUDENT}/{NOTEBOOK}": b"{}"},
         [f"hw2/{STUDENT}/mobilenet.pth", f"hw2/{STUDENT}/model/"]),
        ({f"hw2/{STUDENT}/{CHECKPOINT}": b"w", f"hw2/src/{NOTEBOOK}": b"{}"},
         [f"hw2/src/{NOTEBOOK}", f"hw2/{STUDENT}/"]),
        ({f"a/b/{NOTEBOOK}": b"{}", "weights/mobilenet.pth": b"w"}, ["weights/mobilenet.pth"]),
        ({"weights/mobilenet.pth": b"w"}, ["Found weights/mobilenet.pth"]),
        ({f"a/{CHECKPOINT}": b"w", "a/x.ipynb": b"{}", "a/y.ipynb": b"{}"}, [f"a/{NOTEBOOK}"]),
    ],
)  # fmt: skip
def test_the_help_names_paths_that_are_in_the_zip(
    bench: Bench, files: Mapping[str, bytes], named: list[str]
) -> None:
    """A file is named with its folders, also one outside the folder of the hand-in."""
    _, _, layout = bench.receive(files)
    assert layout.status is Status.FAILED
    assert [name for name in named if name not in str(layout.help)] == []


def test_a_second_hand_in_deeper_is_reviewed(bench: Bench) -> None:
    """The hand-in nearer to the top is graded, and a person hears of the other."""
    files = {**within("a", HAND_IN), **within("old/b", HAND_IN)}
    _, _, layout = bench.receive(files)
    assert layout.status is Status.PASSED
    assert "old/b/" in str(layout.review)


def test_a_hand_in_spread_over_two_folders_is_told_so(bench: Bench) -> None:
    """If two folders have as many files, neither is the wrapper; the help names both files."""
    _, _, layout = bench.receive({f"a/{CHECKPOINT}": b"w", f"b/{NOTEBOOK}": b"{}"})
    assert layout.evidence["missing"] == [CHECKPOINT, NOTEBOOK]
    assert f"a/{CHECKPOINT}" in str(layout.help)
    assert f"b/{NOTEBOOK}" in str(layout.help)


def test_a_misnamed_and_empty_notebook_is_called_by_its_name(bench: Bench) -> None:
    """The reason names the file that is there, not the expected one."""
    _, _, layout = bench.receive({CHECKPOINT: b"w", "lab2.ipynb": b""})
    assert "lab2.ipynb is empty" in str(layout.reason)


def test_many_files_are_counted_rather_than_named(bench: Bench) -> None:
    """A message names at most eight files."""
    _, _, layout = bench.receive({f"{number}.txt": b"" for number in range(10)})
    assert str(layout.actual).endswith("7.txt and 2 more")


def test_files_beside_the_wrapper_do_not_hide_it(bench: Bench) -> None:
    """The folder with the files of the lab is the hand-in, whatever is beside it."""
    _, _, layout = bench.receive({**within(STUDENT, HAND_IN), "readme.txt": b""})
    assert layout.status is Status.PASSED


def test_the_model_folder_is_no_wrapper(lab: NetworkLab) -> None:
    """A zip of only the model folder lacks the notebook, not the checkpoint."""
    arrangement = arrange({CHECKPOINT: 1}, STUDENT, lab)
    assert arrangement.wrapper.prefix == ""
    assert arrangement.missing == (NOTEBOOK,)


def test_accents_are_one_letter_however_they_are_written(bench: Bench) -> None:
    """An id that macOS spelled in another normal form is the same id."""
    student = "Renée"
    notebook = unicodedata.normalize("NFD", f"{student}.ipynb")
    _, _, layout = bench.receive({CHECKPOINT: b"w", notebook: b"{}"}, name=f"{student}.zip")
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
def test_every_set_of_files_fills_a_form_or_says_why(
    lab: NetworkLab, sizes: dict[str, int]
) -> None:
    """Any set of files completes a form or gets a fault with help; no empty file is used."""
    arrangement = arrange(sizes, STUDENT, lab)
    assert (arrangement.form is None) is (arrangement.fault is not None)
    if arrangement.fault is not None:
        assert arrangement.fault.reason
        assert arrangement.fault.help
    for name in arrangement.usable.values():
        assert sizes[arrangement.wrapper.prefix + name] > 0


def test_a_pdf_instead_of_a_network_names_the_lab_that_takes_it() -> None:
    """Only if nothing that this lab asks for is there."""
    lab = network_lab()
    fault = arrange({"x/report.PDF": 9}, STUDENT, lab).fault
    assert fault is not None
    assert "grader check report.PDF --lab on-device-2022" in fault.help
    fault = arrange({"report.pdf": 9, NOTEBOOK: 9}, STUDENT, lab).fault
    assert fault is not None
    assert "on-device" not in fault.help


def test_each_file_that_is_wrong_has_its_own_fault(bench: Bench) -> None:
    """The reason and the help of each; a complete hand-in has none."""
    files = {"Model/mobilenet.pth": b"x", "a.ipynb": b"{}", "b.ipynb": b"{}"}
    _, _, layout = bench.receive(files)
    faults = LayoutEvidence.read(layout).faults
    assert faults is not None
    assert [CHECKPOINT in faults[0].reason, "a.ipynb" in faults[1].reason] == [True, True]
    assert "rename" in faults[0].help
    assert NOTEBOOK in faults[1].help
    assert all(each.reason in (layout.reason or "") for each in faults)
    _, _, complete = bench.receive(HAND_IN)
    assert LayoutEvidence.read(complete).faults is None
    assert "faults" not in complete.evidence


def test_a_checkpoint_alone_is_refused_with_the_way_into_the_zip(bench: Bench) -> None:
    """It is a zip too, but not the hand-in."""
    path = bench.root / f"{STUDENT}.pth"
    path.write_bytes(zipped({"archive/data.pkl": b"x"}))
    _, (archive, layout) = receive(path, bench.root / "work", network_lab())
    assert archive.status is Status.FAILED
    assert CHECKPOINT in (archive.help or "")
    assert layout.status is Status.SKIPPED
