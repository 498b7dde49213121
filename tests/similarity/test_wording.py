import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.kinds import network_lab
from grader.similarity.wording import legible, seen, template_of

ANSWER = "Accuracy falls slowly until eighty per cent of the weights are gone."


@pytest.mark.parametrize(
    "copy",
    [
        "Ассuracy fаlls slоwly until еighty per cent of the weights are gone.",  # noqa: RUF001
        "Accuracy\u200b falls slow\u00adly until eighty per cent of the weights are\ufeff gone.",
        "Ａｃｃｕｒａｃｙ falls slowly until eighty per cent of the weights are gone.",  # noqa: RUF001
        "Accuracy f\u0301alls slowly until e\u0336ighty per cent of the weights are gone.",
        "Accuracy falls <b>slowly</b> until <!-- own --> eighty per cent of the weights are gone.",
        "Accuracy **falls** slowly until `eighty` per\u3164 cent of the _weights_ are&nbsp;gone.",
        "ACCURACY  FALLS SLOWLY\nUNTIL EIGHTY PER CENT OF THE WEIGHTS ARE GONE.",
        "Accuracy faIls sIowIy until eighty per cent of the weights are gone.",
        "\U0001d400ccuracy falls slowly until eighty per cent of the weights are gone.",
    ],
)
def test_text_that_looks_the_same_is_the_same(copy: str) -> None:
    """Letters of other scripts, marks of no width, tags, letter case and spaces do not count."""
    assert seen(copy) == seen(ANSWER)


def test_other_scripts_stay_what_they_are() -> None:
    """Chinese has no Latin letters that look the same."""
    answer = "準確率在稀疏度超過八成之前下降得很慢"
    assert seen(answer) == answer


@given(st.text())
def test_any_text_has_a_form(text: str) -> None:
    """The form is stable, and has no invisible characters."""
    once = seen(text)
    assert "\u200b" not in once
    assert "\n" not in once
    legible(once)


def test_the_templates_lines_are_nobodys() -> None:
    """All cells of the blank notebook are left out, also if they were disguised."""
    lab = network_lab()
    template = template_of(lab)
    assert lab.blank is not None
    for cell in json.loads(lab.blank)["cells"]:
        source = "".join(cell["source"])
        assert template.without(source) == "", source
        assert template.without(source.replace("e", "\u0435").replace("a", "\u0430")) == "", source


def test_the_students_lines_stay() -> None:
    """Between those of the template, too."""
    lab = network_lab()
    assert lab.blank is not None
    cells = json.loads(lab.blank)["cells"]
    code = next("".join(each["source"]) for each in cells if "YOUR CODE" in "".join(each["source"]))
    own = "my_threshold = torch.kthvalue(tensor.abs().flatten(), count).values"
    assert template_of(lab).without(f"{code}\n{own}") == seen(own)
    assert template_of(lab).without(ANSWER) == seen(ANSWER)


def test_without_a_lab_nothing_is_the_templates() -> None:
    """The text is only brought to its form."""
    assert template_of(None).without(ANSWER) == seen(ANSWER)
