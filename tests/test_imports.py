"""The architecture: the allowed imports, checked in the source of every module."""

import ast
import functools
import graphlib
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

import grader

PACKAGE = Path(grader.__file__).parent
# A part imports parts of its own line and of the lines below, never of those above, and there is
# no import cycle between parts.
LINES: tuple[frozenset[str], ...] = (
    frozenset({"cli", "__main__"}),
    frozenset({"commands"}),
    frozenset(
        {
            *("review", "compare", "similarity", "results", "marks", "fleet", "lms", "batch"),
            "course",
        }
    ),
    frozenset({"report", "pipeline", "child"}),
    frozenset({"evaluators"}),
    frozenset({"experiments", "intake", "networks", "notebook", "scoring", "writeup"}),
    frozenset({"inference", "devices", "sandbox"}),
    frozenset({"evidence", "text", "files", "types", "errors", "labs", "datasets"}),
)
# Packages for measuring; each takes seconds to import.
HEAVY = frozenset({"torch", "torchvision", "torch_pruning", "executorch"})

# Modules that run code from text.
KERNELS = frozenset(
    {"IPython", "ipykernel", "nbclient", "jupyter_client", "builtins", "code", "codeop", "runpy"}
)
EXECUTORS = ("nbconvert.preprocessors", "nbconvert.exporters")


def modules() -> dict[str, Path]:
    """The files of the package's modules, by dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("grader", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()


@functools.cache
def tree(name: str) -> ast.Module:
    """The syntax tree of a module, parsed once."""
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def named(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the dotted names that these nodes import."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            assert node.module
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in MODULES else node.module


@functools.cache
def imports(name: str) -> tuple[str, ...]:
    """The imports of a module: at its top, in functions, and for types only."""
    return tuple(named(ast.walk(tree(name))))


def in_functions(name: str) -> Iterator[ast.stmt]:
    """Yield the imports inside the functions of a module."""
    for function in ast.walk(tree(name)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node


def part(name: str) -> str:
    """The part of a module of the package; "" for the package itself.

    The code that runs inside the sandbox is a part of its own: nothing imports it.
    """
    if f"{name}.".startswith("grader.sandbox.child."):
        return "child"
    return name.partition(".")[2].partition(".")[0]


def ours(name: str) -> set[str]:
    """The modules of the package that a module imports."""
    return {each for each in imports(name) if each in MODULES}


def line(name: str) -> int:
    """The number of a module's line, counted from the top."""
    return next(number for number, parts in enumerate(LINES) if part(name) in parts)


# Shared by the child and the reader of its output.
BOTH_SIDES = {"grader.sandbox.markup", "grader.sandbox.mathematics", "grader.sandbox.picture"}
# Parts with a folder for each family or each data set.
ROOMS = {"networks", "datasets"}
PACKAGES = {name for name, path in MODULES.items() if path.name == "__init__.py"}
# Their modules that a child may import: records, and nothing that reads a submission.
SEEN_BY_CHILDREN = {
    "grader.networks.family",
    "grader.networks.registry",
    "grader.networks.probe_images",
    "grader.datasets.dataset",
    "grader.datasets.registry",
}
CHILDREN = {name for name in MODULES if name.startswith("grader.sandbox.child.")}


def test_every_module_is_in_a_line() -> None:
    """A new part must be added to a line."""
    known = frozenset({""}).union(*LINES)
    assert {part(name) for name in MODULES} <= known


@pytest.mark.parametrize("name", [name for name in MODULES if part(name)])
def test_imports_point_down(name: str) -> None:
    """No module imports from a line above its own."""
    upwards = {each for each in ours(name) if part(each) and line(each) < line(name)}
    assert upwards == set()


def test_no_two_parts_import_each_other() -> None:
    """There is no cycle between parts of a line."""
    graph: dict[str, set[str]] = {}
    for name in MODULES:
        graph.setdefault(part(name), set()).update(map(part, ours(name)))
    for name, needed in graph.items():
        needed.discard(name)
    assert list(graphlib.TopologicalSorter(graph).static_order())


def test_records_import_nothing_of_ours() -> None:
    """The records of all stages do not depend on a stage."""
    assert ours("grader.types") == set()
    assert ours("grader.errors") == set()


def test_nothing_imports_the_code_inside_the_sandbox() -> None:
    """The modules of children are started as programs; no other module imports them."""
    others = [name for name in MODULES if name not in CHILDREN]
    importers = {name: ours(name) & CHILDREN - BOTH_SIDES for name in others}
    assert {name: found for name, found in importers.items() if found} == {}
    assert {"grader.sandbox.child.unpickle", "grader.sandbox.child.answer"} <= CHILDREN


@pytest.mark.parametrize("name", sorted(CHILDREN))
def test_child_knows_how_to_run_networks_and_nothing_else(name: str) -> None:
    """It needs no lab, no submission, no labels and no code from outside the sandbox."""
    allowed = {"inference", "networks", "datasets", "errors", "types"}
    needed = ours(name) - CHILDREN - BOTH_SIDES
    assert {part(each) for each in needed} <= allowed
    assert {each for each in needed if part(each) in ROOMS} <= SEEN_BY_CHILDREN


def room(name: str) -> str | None:
    """The folder of a family or of a data set that contains a module, None if there is none."""
    folder = ".".join(name.split(".")[:3])
    return folder if part(name) in ROOMS and folder in PACKAGES else None


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_room_is_entered_by_its_registry_alone(name: str) -> None:
    """A new family or data set changes only its own folder and the dict."""
    entered = {room(each) for each in ours(name)} - {None, room(name)}
    assert not entered or name in {f"grader.{each}.registry" for each in ROOMS}


def test_there_are_rooms() -> None:
    """The test above is not empty."""
    rooms = {room(name) for name in MODULES}
    assert {"grader.networks.mobilenet_v2", "grader.datasets.cifar10"} <= rooms
    assert {"grader.networks.feed_forward", "grader.datasets.mnist"} <= rooms


def test_naming_families_and_data_sets_needs_no_torch() -> None:
    """In a new process the two dicts import neither torch nor the packages of a download."""
    code = (
        "import sys, grader.networks.registry, grader.datasets.registry; "
        f"print(*{set(HEAVY) | {'pooch', 'requests', 'PIL', 'pydantic'}!r} & sys.modules.keys())"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.split() == []


def test_reader_of_checkpoints_imports_no_torch() -> None:
    """The child that reads pickles imports nothing that could make real objects of them."""
    assert not needed_by({"grader.sandbox.child.unpickle"}) & HEAVY


def needed_by(names: set[str]) -> set[str]:
    """The top-level packages that these modules import, directly or through our modules."""
    waiting = list(names)
    seen: set[str] = set()
    packages: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in MODULES or name in seen:
            continue
        seen.add(name)
        found = list(imports(name))
        packages.update(each.partition(".")[0] for each in found)
        waiting += [*found, name.rpartition(".")[0]]  # a module imports its package
    return packages


@pytest.mark.parametrize(
    "name", ["scoring", "report", "marks", "types", "errors", "labs", "evidence"]
)
def test_scoring_and_reporting_need_no_torch(name: str) -> None:
    """A class can be scored and reported without networks."""
    belonging = {module for module in MODULES if part(module) == name}
    assert belonging
    assert not needed_by(belonging) & HEAVY


def test_help_needs_no_torch() -> None:
    """In a new process the command line, the scorer and all reports do not import it."""
    wanted = ["grader.cli", *(name for name in MODULES if part(name) in {"scoring", "report"})]
    code = f"import sys, {', '.join(wanted)}; print(*{set(HEAVY)!r} & sys.modules.keys())"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.split() == []


def test_code_from_a_notebook_runs_in_one_module_only() -> None:
    """Only the child that runs cells compiles or runs text, or imports a kernel."""
    assert {name for name in MODULES if set(runners_in(name))} == {"grader.sandbox.child.run_cells"}


def runners_in(name: str) -> Iterator[str]:
    """Yield the names in a module that run text as code."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Name) and node.id in {"exec", "eval", "compile", "__import__"}:
            yield node.id
    for each in imports(name):
        if each.partition(".")[0] in KERNELS or each.startswith(EXECUTORS):
            yield each


def test_imports_stand_at_the_top_but_for_a_few_with_a_reason() -> None:
    """At most 25 stand inside a function, each below or beside a comment that says why."""
    inside = {(name, each.lineno): each for name in MODULES for each in in_functions(name)}
    assert len(inside) <= 25
    assert [where for where in inside if not has_reason(*where, inside)] == []


def has_reason(name: str, number: int, inside: Mapping[tuple[str, int], ast.stmt]) -> bool:
    """True if a comment stands beside the import or above it, or above the import before it."""
    lines = MODULES[name].read_text(encoding="utf-8").splitlines()
    end = inside[name, number].end_lineno or number
    above = lines[number - 2].strip()
    beside = any("#" in line for line in lines[number - 1 : end])
    before = (name, number - 1) in inside and has_reason(name, number - 1, inside)
    return beside or above.startswith("#") or before
