"""The most sensitive layer, worked out again from the accuracies that a notebook printed."""

import re
from statistics import fmean

from grader.evidence.question import SensitivityEvidence
from grader.labs.spec import NetworkSpec
from grader.networks.registry import family_named
from grader.notebook.notebook import Notebook

# `sparsity=[0.40,0.50]: accuracy=[92.42%, 91.19%]`, one line for each layer in the network's order.
_SCAN = re.compile(r"accuracy\s?=\s?\[(?P<values>[\d.%, ]{1,400})\]")
_VALUE = re.compile(r"\d{1,3}(?:\.\d{1,6})?")


def most_sensitive(notebook: Notebook, answer: str, network: NetworkSpec) -> SensitivityEvidence:
    """The layer whose mean accuracy, over the sparsities scanned, is the lowest.

    `most_sensitive` is None, and there is nothing else, unless one cell printed as many lists as
    there are weights to scan; `named` says whether the answer names that layer.
    """
    names = list(family_named(network.family).prunable(network.classes))
    for number, cell in enumerate(notebook.cells, start=1):
        text = "\n".join(output.text for output in cell.outputs)
        scans = [
            [float(value) for value in _VALUE.findall(match["values"])]
            for match in _SCAN.finditer(text)
        ]
        if len(scans) == len(names) and all(scans):
            means = [fmean(each) for each in scans]
            lowest = names[means.index(min(means))]
            return SensitivityEvidence(
                most_sensitive=lowest,
                mean_accuracy=min(means) / 100,
                scanned_in_cell=number,
                named=lowest in answer or lowest.removesuffix(".weight") in answer,
            )
    return SensitivityEvidence(most_sensitive=None)
