from pathlib import Path

import pytest

from grader.evaluators.conditions import NetworkConditions
from grader.sandbox.start import Isolation, best_isolation, bubblewrap_fault
from grader.types import Status
from tests.notebooks.filled import RIGHT, honest
from tests.notebooks.points import CHECKED, LAB, measured, points, question, states
from tests.test_pipeline import conditions_in

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        best_isolation() is not Isolation.BUBBLEWRAP, reason=f"no bubblewrap: {bubblewrap_fault()}"
    ),
]
OFF_BY_ONE = RIGHT.replace("> threshold", ">= threshold")
UNUSED = RIGHT.replace("num_zeros = round(num_elements * sparsity)", "num_zeros = 1").replace(
    ", num_zeros)", ", round(num_elements * sparsity))"
)
TOPK = """\
    keep = num_elements - round(num_elements * sparsity)
    mask = torch.zeros(num_elements)
    mask[tensor.flatten().abs().topk(keep).indices] = 1
    mask = mask.view_as(tensor).to(tensor.dtype)
"""


BY_VALUE = RIGHT.replace("torch.abs(tensor)", "tensor")
SMALLEST = RIGHT.replace("importance > threshold", "importance <= threshold")


@pytest.mark.parametrize(
    ("body", "expected", "broken"),
    [
        (RIGHT, 15, set()),
        (UNUSED, 15, set()),  # behaviour counts: a name that is wrong and unused does not
        (TOPK, 15, set()),
        (
            RIGHT.replace("mask = importance > threshold", "mask = (importance > threshold) * 1"),
            15,
            set(),
        ),
        (OFF_BY_ONE, 12, {"exact", "hard"}),
        (RIGHT.replace("round(", "int("), 13, {"exact"}),
        (BY_VALUE, 10, {"largest", "hard"}),
        (SMALLEST, 4, {"zeros", "exact", "largest", "hard"}),
        (RIGHT + "    tensor = tensor.clone()\n", 2, {"zeros", "exact", "largest", "mask", "hard"}),
        ("    mask = torch.ones_like(tensor)", 2, {"zeros", "exact", "largest", "mask", "hard"}),
        (RIGHT + "    1 / 0\n", 1, {"shape", "zeros", "exact", "largest", "mask", "hard"}),
        (
            "    while True: pass\n    mask = 1",
            0,
            {"shape", "zeros", "exact", "largest", "mask", "ends", "hard"},
        ),
        (
            "    import os; os._exit(0)\n    mask = 1",
            0,
            {"shape", "zeros", "exact", "largest", "mask", "ends", "hard"},
        ),
        (
            RIGHT + "    tensor.mul_(mask); return mask.to(torch.float8_e4m3fn)\n",
            1,
            {"shape", "zeros", "exact", "largest", "mask", "hard"},
        ),
        ("    mask = ((", 0, {"shape", "zeros", "exact", "largest", "mask", "ends", "hard"}),
    ],
    ids=[
        *(
            "kthvalue",
            "unused name",
            "topk",
            "number mask",
            "off by one",
            "rounded down",
            "by value",
            "smallest",
        ),
        *("not in place", "nothing", "raises", "endless", "exits", "odd dtype", "no python"),
    ],
)
def test_question_2_is_judged_by_what_the_function_does(
    tmp_path: Path, body: str, expected: float, broken: set[str]
) -> None:
    """Each property that holds is worth its points, however the function is written."""
    quick = conditions_in(tmp_path)
    limits = LAB.limits.model_copy(update={"notebook_seconds": 4})
    conditions = NetworkConditions(
        lab=LAB.model_copy(update={"limits": limits}),
        data=quick.data,
        isolation=quick.isolation,
        threads=1,
        work=quick.work,
    )
    found = measured(tmp_path, honest().prune(body).bytes(), conditions)
    told = question(found, "2").evidence["broken"]
    assert isinstance(told, list)
    assert {each["property"] for each in told if isinstance(each, dict)} == broken
    assert points(found)["2"] == expected
    assert all(isinstance(each, dict) and each["why"] for each in told)


@pytest.mark.parametrize(
    "source",
    ["(" * 9_000, "-" * 300_000 + "1", "x" + ".y" * 100_000, "1" + "+1" * 100_000, "'\0'"],
    ids=["nested", "signs", "attributes", "sums", "nul"],
)
def test_hostile_code_gets_a_verdict(tmp_path: Path, source: str) -> None:
    """Code that cannot be parsed is not an answer, and other questions are not affected."""
    book = honest()
    book.write(book.at("def fine_grained_prune"), f"fine_grained_prune = {source}")
    book.write(book.at("target_sparsity = "), f"target_sparsity = {source}")
    book.write(book.at("sparsity_dict = {"), f"sparsity_dict = {source}")
    found = measured(tmp_path, book.bytes())
    assert {question(found, id).status for id in CHECKED} <= {Status.FAILED, Status.SKIPPED}
    assert states(found)["1.1"] == "answered"
