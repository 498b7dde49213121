"""What every test may ask for: CIFAR-10's test set, whole or as far as this machine has it."""

import signal
from pathlib import Path

import pytest

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import TestSet
from tests.places import ROOT

pytest_plugins = [
    f"tests.{room}.fixtures"
    for room in ("devices", "faults", "intake", "marks", "report", "sandbox")
]

BESIDE_THE_CHECKOUT = ROOT.parent / "shared"

# The longest first: whoever has them at the end works while the other processors wait.
LONGEST = ("system", "hostile", "faults", "fuzz")


def pytest_configure() -> None:
    """A shell's job in the background ignores Ctrl-C, and so would the graders that tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take longest, then with the files that have a slow test."""
    order = {name: place for place, name in enumerate(LONGEST)}
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    last = len(order)
    items.sort(key=lambda item: order.get(item.path.parent.name, last + (item.path not in slow)))


@pytest.fixture(scope="session")
def test_set() -> TestSet:
    """The test set from beside the checkout, `data/` or the user's cache, else the sample."""
    file = BESIDE_THE_CHECKOUT / "data" / "test_batch.bin"
    return CIFAR10.find(file if file.is_file() else None)


@pytest.fixture(scope="session")
def cases() -> Path:
    """Real checkpoints and programs; skips the test where they are not beside the checkout."""
    folder = BESIDE_THE_CHECKOUT / "cases"
    if not folder.is_dir():
        pytest.skip("the real checkpoints lie beside the development checkout only")
    return folder


@pytest.fixture(scope="session")
def full_test_set(test_set: TestSet) -> TestSet:
    """All 10,000 images; skips the test where only the sample is there."""
    if test_set.is_sample:
        pytest.skip("only the sample is here; `grader data fetch` gets the test set")
    return test_set
