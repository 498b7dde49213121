"""CIFAR-10: find, fetch and read the test set, or the sample that stands in for it."""

from grader.data.cifar10 import CLASSES, TestSet, find, places, read, verify
from grader.data.download import Watch, fetch

__all__ = ["CLASSES", "TestSet", "Watch", "fetch", "find", "places", "read", "verify"]
