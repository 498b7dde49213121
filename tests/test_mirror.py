"""The tests mirror the package: who looks for a module's tests knows the file."""

from pathlib import Path

import pytest

import grader

PACKAGE = Path(grader.__file__).parent
TESTS = Path(__file__).parent

RECORDS = "only records: who makes and reads them tests them"
EVIDENCE = "only records: test_stored.py and test_documentation.py go through all of them"
CONSTANTS = "only constants"
WITHOUT_TESTS = {
    "commands/options.py": "only annotations: tests/commands types the options",
    "batch/measured_store.py": "a protocol without code",
    "errors.py": RECORDS,
    "datasets/mnist/files.py": CONSTANTS,
    "evidence/checks.py": "one dict: test_stored.py and test_documentation.py go through it",
    "evidence/ids.py": CONSTANTS,
    "evidence/mflops.py": EVIDENCE,
    "evidence/notebook.py": EVIDENCE,
    "evidence/question.py": EVIDENCE,
    "evidence/runner.py": EVIDENCE,
    "evidence/write_up.py": EVIDENCE,
    "inference/runnable.py": "a protocol without code",
    "labs/landmark.py": "a table without rules of its own: test_network_lab.py loads it",
    "marks/tables.py": "only tables: test_database.py makes them",
    "networks/builder.py": RECORDS,
    "networks/mobilenet_v2/builder.py": "one record: networks/test_registry.py builds by it",
    "notebook/checks/judgement.py": RECORDS,
    "notebook/notebook.py": RECORDS,
    "report/columns/columns.py": "a protocol without code",
    "report/pages/parts.py": "protocols without code",
    "sandbox/limits.py": RECORDS,
    "types.py": RECORDS,
    "writeup/document.py": RECORDS,
    "writeup/read_table.py": RECORDS,
}


def mirrored(module: str) -> Path:
    """Where the tests of a module are."""
    path = Path(module)
    return TESTS / path.parent / f"test_{path.name}"


MODULES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if not path.name.startswith("__")  # a package's own tests are its folder
)


@pytest.mark.parametrize("module", [each for each in MODULES if each not in WITHOUT_TESTS])
def test_every_module_has_its_tests(module: str) -> None:
    """At the same place, and there is a test in it."""
    assert "\ndef test_" in mirrored(module).read_text(encoding="utf-8")


@pytest.mark.parametrize("module", WITHOUT_TESTS)
def test_a_module_without_tests_is_there_and_has_none(module: str) -> None:
    """The list says nothing of what is gone, or tested since."""
    assert module in MODULES
    assert not mirrored(module).exists()
