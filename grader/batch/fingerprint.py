"""The identity of a measurement: two measurements with one fingerprint give the same."""

import hashlib
from collections.abc import Iterator

from grader.evaluators.conditions import Conditions
from grader.labs.spec import LabSpec
from grader.pipeline import setup_now
from grader.text import several
from grader.types import Setup


def fingerprint(sha256: str, conditions: Conditions) -> str:
    """Return a hash of all that the measurements of a hand-in with this SHA-256 depend on now."""
    return fingerprint_of(sha256, conditions.lab, setup_now(conditions))


def fingerprint_of(sha256: str, lab: LabSpec, setup: Setup) -> str:
    """Return the same for measurements that were made by `lab` with `setup`."""
    parts = (
        sha256,
        lab.measured_sha256,
        setup.data_sha256,
        setup.measurements_version or setup.grader,
        setup.isolation,
        *(f"{name} {version}" for name, version in setup.packages.items()),
        *([] if setup.checkpoint_key is None else [f"checkpoint-key {setup.checkpoint_key}"]),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def differences(setup: Setup, here: Setup) -> Iterator[str]:
    """Yield, in words, what `setup` has and what this run has instead, where both differ."""
    if setup.data_sha256 != here.data_sha256:
        yield f"a test set of {setup.data_images:,} images, here another of {here.data_images:,}"
    version, ours = (each.measurements_version or each.grader for each in (setup, here))
    if version != ours:
        yield f"the measurements of grader {version}, here of {ours}"
    if setup.isolation != here.isolation:
        yield f"the isolation {setup.isolation}, here {here.isolation}"
    names = sorted({*setup.packages, *here.packages})
    packages = [
        f"{name} {setup.packages.get(name, 'missing')}, here {here.packages.get(name, 'missing')}"
        for name in names
        if setup.packages.get(name) != here.packages.get(name)
    ]
    if packages:
        yield several(packages, 3, "; ")
    if setup.checkpoint_key != here.checkpoint_key:
        yield f"the checkpoint key {setup.checkpoint_key}, here {here.checkpoint_key}"
