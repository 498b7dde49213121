"""A package that is imported in part can still be imported completely."""

import subprocess
import sys
from importlib import import_module

import pytest

from grader.inference.lean_imports import bare_packages, imported_on_call, stand_in


def python(code: str) -> str:
    """Return the output of a new Python process."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ran.stdout


def test_lowering_and_experiments_import_no_exporter_and_no_compiler() -> None:
    """They would be most of a cold start; and each process of the tests would import them."""
    heavy = ("executorch.exir", "executorch.exir.program", "torch._dynamo", "sympy")
    code = (
        "import sys, grader.networks.mobilenet_v2.lowering, grader.experiments.run; "
        f"print([x for x in {heavy} if x in sys.modules])"
    )
    assert python(code).strip() == "[]"


def test_the_whole_packages_are_there_afterwards() -> None:
    """The exporter that the tests compare with works in the same process."""
    code = (
        "import grader.networks.mobilenet_v2.lowering\n"
        "import executorch.exir, executorch.backends.xnnpack, torch._dynamo.utils\n"
        "print(callable(executorch.exir.to_edge_transform_and_lower))\n"
        "print(executorch.backends.xnnpack.XnnpackPartitioner.__name__)\n"
        "print(torch._dynamo.utils.is_compile_supported.__module__)\n"
    )
    assert python(code).split() == ["True", "XnnpackPartitioner", "torch._dynamo.utils"]


def test_a_bare_package_runs_none_of_its_own_code() -> None:
    """Its modules can be imported, and afterwards it is gone."""
    code = (
        "from importlib import import_module\n"
        "from grader.inference.lean_imports import bare_packages\n"
        "with bare_packages('xml.sax'):\n"
        "    print(hasattr(import_module('xml.sax'), 'parseString'))\n"
        "    print(import_module('xml.sax.saxutils').escape('<'))\n"
        "print(hasattr(import_module('xml.sax'), 'parseString'))\n"
    )
    assert python(code).split() == ["False", "&lt;", "True"]


def test_what_is_imported_already_stays() -> None:
    """Neither a package nor a module is taken from who has it."""
    whole = import_module("json")
    with bare_packages("email.mime"), stand_in("json.decoder", JSONDecoder=None):
        assert sys.modules["json"] is whole
        assert import_module("json.decoder").JSONDecoder is not None
    assert sys.modules["json"] is whole


def test_a_stand_in_has_what_it_is_given_and_goes_with_the_block() -> None:
    """An exception changes nothing of that."""
    with stand_in("nowhere.at.all", answer=42):
        assert import_module("nowhere.at.all").answer == 42
    with pytest.raises(RuntimeError, match="within"), stand_in("nowhere.at.all"):
        raise RuntimeError("within")
    assert not [name for name in sys.modules if name.startswith("nowhere")]
    with pytest.raises(ModuleNotFoundError):
        import_module("nowhere.at.all")


def test_a_function_is_imported_when_it_is_called() -> None:
    """Not before; with all its arguments, and its exceptions."""
    assert imported_on_call("json", "dumps")({"a": 1}, indent=None) == '{"a": 1}'
    missing = imported_on_call("nowhere.at.all", "answer")
    with pytest.raises(ModuleNotFoundError):
        missing()
