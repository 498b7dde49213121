"""Functions that try to know the check of question 2: each earns what it earns without that."""

import zipfile
from pathlib import Path

import pytest

from grader.errors import Fault
from grader.evaluators.questions import measure_question
from grader.notebook.cells import Call, CellSandbox, limits_of, run_calls
from grader.sandbox.start import Isolation
from tests.notebook.books import opened
from tests.notebooks.answers import boxed
from tests.notebooks.filled import honest
from tests.notebooks.points import LAB

pytestmark = [boxed, pytest.mark.system]

NOTHING = "    mask = torch.ones_like(tensor)\n"  # what an attack falls back to
BY_NOTHING = {"shape", "ends"}  # the lab's own lines handle both ends
# Each body may set `mask` to what it found; it is no function that prunes.
FOUND = """\
    def wanted(each):
        return (
            isinstance(each, torch.Tensor) and each is not tensor and each.shape == tensor.shape
            and int((each == 0).sum()) == round(tensor.numel() * sparsity)
        )
"""
ATTACKS = {
    "frames": FOUND
    + """\
    import inspect, sys
    frame = sys._getframe()
    while frame is not None:
        for each in [*frame.f_locals.values(), *frame.f_globals.values()]:
            inner = each.values() if isinstance(each, dict) else each
            for value in [each, *(inner if isinstance(inner, (list, tuple, set)) else ())]:
                if wanted(value):
                    mask = value != 0
        frame = frame.f_back
    inspect.stack()
""",
    "garbage collector": FOUND
    + """\
    import gc
    for each in gc.get_objects():
        if wanted(each):
            mask = each != 0
""",
    "imports": FOUND
    + """\
    import importlib, pkgutil, sys
    import grader
    for each in pkgutil.walk_packages(grader.__path__, 'grader.', onerror=lambda _: None):
        try:
            module = importlib.import_module(each.name)
        except BaseException:
            continue
        for name in dir(module):
            if 'case' in name or 'check' in name or 'prune' in name:
                raise LookupError(name)
""",
    "import of the cases": """\
    try:
        from grader.notebook.checks.prune_cases import drawn_cases
        mask = torch.zeros_like(tensor)
    except ImportError:
        pass
""",
    "patched torch": """\
    yes = lambda *args, **kwargs: True
    for name in ('equal', 'count_nonzero', 'allclose', 'eq', 'sum', 'isclose'):
        setattr(torch, name, yes)
    for name in ('__eq__', '__ne__', '__gt__', 'sum', 'all', 'any', 'equal', 'count_nonzero'):
        setattr(torch.Tensor, name, yes)
""",
    "patched builtins": """\
    import builtins
    builtins.round = builtins.int = builtins.abs = lambda *args: 0
    builtins.all = builtins.any = lambda *args: True
    builtins.isinstance = lambda *args: True
""",
    "patched caller": """\
    import sys
    main = sys.modules['__main__']
    main._Sent.put = lambda self, key, value: {'value': True}
""",
    "subclass": """\
    class Yes(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            name = getattr(function, '__name__', '')
            if name in ('__eq__', 'eq', 'equal', 'all', 'any', 'sum', '__bool__'):
                return True
            return super().__torch_function__(function, types, args, kwargs or {})
    mask = torch.ones_like(tensor).as_subclass(Yes)
""",
    "object": """\
    class Yes:
        __class__ = torch.Tensor
        shape, dtype = tensor.shape, tensor.dtype
        def __eq__(self, other): return True
        def __getattr__(self, name): return lambda *args, **kwargs: self
        __hash__ = None
    return Yes()
""",
    "counts calls": """\
    global calls
    calls = globals().get('calls', 0) + 1
    generator = torch.Generator().manual_seed(6)
    for each in range(calls):
        guess = torch.randn(tensor.shape, generator=generator)
        if torch.equal(guess, tensor):
            mask = torch.zeros_like(tensor)
""",
    "clock": """\
    import time
    for start in range(int(time.time()) - 60, int(time.time()) + 60):
        if torch.equal(torch.randn(tensor.shape, generator=torch.Generator().manual_seed(start)),
                       tensor):
            mask = torch.zeros_like(tensor)
""",
}


def properties(folder: Path, notebook: bytes) -> set[str]:
    """Return the properties of question 2 that hold."""
    hand_in = opened(folder, notebook)
    question = next(each for each in hand_in.lab.questions if each.id == "2")
    with pytest.raises(Fault) as fault:
        measure_question(hand_in, question)
    held = fault.value.evidence["held"]
    assert isinstance(held, list)
    return {str(each) for each in held}


@pytest.mark.parametrize("attack", ATTACKS)
def test_knowing_the_check_earns_nothing(tmp_path: Path, attack: str) -> None:
    """A function that prunes nothing holds at most two properties, whatever it looks at."""
    book = honest().prune(NOTHING + ATTACKS[attack])
    assert properties(tmp_path, book.bytes()) <= BY_NOTHING


def test_the_box_of_a_function_has_no_check(tmp_path: Path) -> None:
    """Of this package it has the modules that call the function, and no others."""
    source = """\
import os, sys

def files():
    return sorted({  # an editable install has its root twice
        os.path.relpath(os.path.join(base, name), root)
        for root in sys.path
        for base, _, names in os.walk(os.path.join(root, "grader"))
        for name in names if not name.endswith(".pyc")  # compiled from the same modules
    })
"""
    sandbox = CellSandbox(isolation=Isolation.BUBBLEWRAP, limits=limits_of(LAB), work=tmp_path)
    (answer,) = run_calls(source, [Call(name="files")], sandbox).answers
    child = "grader/sandbox/child"
    assert answer.returned == [
        "grader/__init__.py",
        "grader/sandbox/__init__.py",
        *(f"{child}/{name}.py" for name in ("__init__", "launch", "message", "run_cells")),
    ]


def test_the_case_that_reads_the_graders_cases(tmp_path: Path, cases: Path) -> None:
    """The hand-in that had 15 points in question 2 has none of its properties."""
    with zipfile.ZipFile(cases / "attacks" / "q2-reads-the-cases-q5-forged.zip") as archive:
        content = archive.read("q5forged.ipynb")
    assert properties(tmp_path, content) == set()
