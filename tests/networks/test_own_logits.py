"""The logits of a hand-in's own module beside those of the rebuilt network."""

import math
from pathlib import Path

import pytest
import torch

from grader.evidence.lineage import Width
from grader.networks.own_logits import Comparison
from grader.sandbox.start import Isolation
from tests.networks.checkpoints import logits, module_of, saved, uneven
from tests.networks.examined import examined
from tests.sandbox.tiers import BOTH


@pytest.mark.parametrize(
    ("comparison", "result", "doubt"),
    [
        (Comparison(), "a state_dict", None),
        (Comparison(difference=1e-4), "agree", None),
        (Comparison(difference=1.1e-4), "differ", "by 0.00011 of the largest"),
        (Comparison(difference=math.inf), "differ", "cannot be compared"),
        (Comparison(difference=math.nan), "differ", "cannot be compared"),
        (Comparison(why_not_run="it crashed"), "did not run: it crashed", "could not be run"),
    ],
)
def test_a_comparison_in_words(comparison: Comparison, result: str, doubt: str | None) -> None:
    """A person looks unless the logits agree within the tolerance."""
    assert comparison.result.startswith(result)
    assert (doubt is None) == (comparison.doubt is None)
    assert (doubt or "") in (comparison.doubt or "")


@pytest.mark.system
@pytest.mark.parametrize("isolation", BOTH)
def test_examination_in_every_tier(isolation: Isolation, tmp_path: Path) -> None:
    """The evidence says how it was read, what was pruned, and that the answers agree."""
    seen = examined(saved({"model": module_of(uneven(3))}, tmp_path), isolation)
    assert seen.review == "residual blocks are gone: features.3"
    assert seen.evidence.isolation == isolation.value
    assert seen.evidence.container == "full pickle under 'model'"
    assert seen.evidence.removed_blocks == ("features.3",)
    assert seen.evidence.answers == "agree"
    difference = seen.evidence.largest_difference
    assert isinstance(difference, float)
    assert difference <= 1e-5
    widths = seen.evidence.widths
    assert widths[0] == Width(layer="features.0", original=32, kept=3)


@pytest.mark.system
def test_state_dict_has_no_answers_of_its_own(tmp_path: Path) -> None:
    """Nothing is run, and nothing is left to review."""
    seen = examined(saved(module_of(uneven()).state_dict(), tmp_path, zipped=False))
    assert seen.review is None
    assert seen.evidence.container == "state_dict in the format before torch 1.6"
    assert seen.evidence.largest_difference is None
    assert seen.evidence.answers == "a state_dict has none of its own"


@pytest.mark.system
def test_old_format_of_a_whole_model_is_run(tmp_path: Path) -> None:
    """Its own module is made from what the reader read, as that of today's format."""
    seen = examined(saved(module_of(uneven()), tmp_path, zipped=False))
    assert seen.review is None
    assert seen.evidence.container == "full pickle in the format before torch 1.6"
    assert seen.evidence.answers == "agree"


@pytest.mark.system
def test_forward_that_was_replaced_is_reviewed(tmp_path: Path) -> None:
    """A module in the place of `forward` answers for the student's, not for ours."""
    module = module_of(uneven())
    honest = logits(module)
    module.__dict__["forward"] = module.get_submodule("features")
    seen = examined(saved(module, tmp_path))
    assert seen.review is not None
    assert "the model" in seen.review
    assert "forward" in seen.review
    assert "cannot be compared" in seen.review
    assert seen.evidence.answers == "differ"
    assert seen.evidence.largest_difference is None
    assert torch.equal(logits(seen.network.module), honest)


@pytest.mark.system
def test_module_that_does_not_run_is_reviewed(tmp_path: Path) -> None:
    """Weights that fit and attributes that do not: it is measured, and a person looks at it."""
    module = module_of(uneven())
    setattr(module.get_submodule("features.2.conv.1.0"), "groups", 7)  # noqa: B010 - mypy
    seen = examined(saved(module, tmp_path))
    assert seen.review is not None
    assert "features.2.conv.1.0 has groups=7" in seen.review
    assert "could not be run" in seen.review
    assert str(seen.evidence.answers).startswith("did not run: RuntimeError")
