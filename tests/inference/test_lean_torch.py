"""Torch without its part for shapes: the same numbers, and the part is there when it is needed."""

import subprocess
import sys

import torch
import torch._decomp

SHAPES = "torch._meta_registrations"
LEAN = "import sys, grader.inference.lean_torch, torch\n"
HERE = f"print({SHAPES!r} in sys.modules)\n"
# Each needs the part that is missing; the last is how torch's exporter comes to it.
LATER = (
    "import torch._decomp.decompositions",
    f"import {SHAPES}",
    "torch._refs.add",
    "torch.export.export(torch.nn.Linear(2, 3), (torch.ones(1, 2),)).run_decompositions()",
)
# A fork has torch without the time of another import.
EACH_IN_A_FORK = """
import os
for later in {later!r}:
    sys.stdout.flush()
    if os.fork() == 0:
        exec(later)
        print(len(torch._decomp.meta_table), len(torch._decomp.decomposition_table))
        sys.exit()
    os.wait()
"""
# Logits of a network with random weights for random images, and the images' gradients.
NUMBERS = """
import hashlib, torch
from grader.networks.mobilenet_v2.rebuild import original_network
torch.manual_seed(0)
network = original_network(10).module.eval()
images = torch.randn(2, 3, 64, 64, requires_grad=True)
logits = network(images)
torch.nn.functional.cross_entropy(logits, torch.tensor([1, 2])).backward()
found = b"".join(each.detach().numpy().tobytes() for each in (logits, images.grad))
numbers = hashlib.sha256(found).hexdigest()
"""


def python(code: str) -> list[str]:
    """Return the lines that a new Python process prints."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()


def test_who_runs_a_network_does_not_import_the_part() -> None:
    """The two children that run one, and the workers."""
    children = "grader.sandbox.child.answer, grader.sandbox.child.run_program"
    code = f"import sys, {children}, grader.evaluators.run_all\nprint('torch' in sys.modules)\n"
    assert python(code + HERE) == ["True", "False"]


def test_a_students_code_has_all_of_torch() -> None:
    """It may use tensors on the meta device. Where torch is whole, it stays whole."""
    code = "import sys\nfrom grader.sandbox.child import run_cells\nrun_cells._torch_files()\n"
    assert python(code + HERE + LEAN + HERE) == ["True", "True"]


def test_the_numbers_are_the_same() -> None:
    """Forward and backward, to the bit; and the garbage collector is on again."""
    whole: dict[str, object] = {}
    exec(NUMBERS, whole)  # noqa: S102 - the same code as in the other process
    threads = f"torch.set_num_threads({torch.get_num_threads()})\n"  # they decide the order of sums
    code = f"{LEAN}{threads}{NUMBERS}import gc\nprint(numbers, gc.isenabled())\n{HERE}"
    assert python(code) == [f"{whole['numbers']} True", "False"]


def test_what_needs_the_part_gets_it() -> None:
    """Whichever module is asked for first, all kernels and decompositions are there afterwards."""
    whole = f"{len(torch._decomp.meta_table)} {len(torch._decomp.decomposition_table)}"
    assert python(LEAN + EACH_IN_A_FORK.format(later=LATER)) == [whole] * len(LATER)
