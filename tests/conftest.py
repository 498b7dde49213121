"""Fixtures for all tests: CIFAR-10's test set, or the sample, real checkpoints and write-ups."""

import signal
from pathlib import Path

import pytest
from hypothesis import settings

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import TestSet
from tests.places import ROOT

pytest_plugins = [
    f"tests.{room}.fixtures"
    for room in ("devices", "faults", "intake", "marks", "report", "sandbox")
]

BESIDE_THE_CHECKOUT = ROOT.parent / "shared"

# The folders with the longest tests: run at the end, they would keep one processor busy alone.
LONGEST = ("system", "hostile", "faults", "fuzz")


# No property is timed: on a busy machine an example takes ten times as long.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Handle Ctrl-C and a closed terminal: background jobs ignore them, and so would the children.

    The graders that tests start inherit what is ignored.
    """
    for number, handler in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGHUP, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the folders with the longest tests first, then the files with a slow test."""
    order = {name: number for number, name in enumerate(LONGEST)}
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    last = len(order)
    items.sort(key=lambda item: order.get(item.path.parent.name, last + (item.path not in slow)))


@pytest.fixture(scope="session")
def test_set() -> TestSet:
    """The test set beside the checkout, in `data/` or in the user's cache, else the sample."""
    file = BESIDE_THE_CHECKOUT / "data" / "test_batch.bin"
    return CIFAR10.find(file if file.is_file() else None)


@pytest.fixture(scope="session")
def cases() -> Path:
    """Real checkpoints and programs; skips the test if they are not beside the checkout."""
    folder = BESIDE_THE_CHECKOUT / "cases"
    if not folder.is_dir():
        pytest.skip("there are no real checkpoints beside the checkout")
    return folder


@pytest.fixture(scope="session")
def write_ups() -> Path:
    """The folder with real write-ups as PDF; skips the test if it is not beside the checkout."""
    folder = BESIDE_THE_CHECKOUT / "on-device"
    if not folder.is_dir():
        pytest.skip("there are no write-ups beside the checkout")
    return folder


@pytest.fixture(scope="session")
def full_test_set(test_set: TestSet) -> TestSet:
    """All 10,000 images; skips the test if there is only the sample."""
    if test_set.is_sample:
        pytest.skip("there is only the sample; `grader data fetch` downloads the test set")
    return test_set
