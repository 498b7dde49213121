from dataclasses import replace

from grader.batch.fingerprint import differences, fingerprint_of
from tests.fake_stages import SETUP
from tests.report.examples import LAB


def test_the_version_of_the_measurements_counts_and_the_graders_does_not() -> None:
    """A class that an older grader measured keeps its fingerprint."""
    old = fingerprint_of("ab", LAB, SETUP)
    same = replace(SETUP, grader="0.1.7", measurements_version="0.1.0")
    assert fingerprint_of("ab", LAB, same) == old
    assert fingerprint_of("ab", LAB, replace(same, measurements_version="0.2.0")) != old


def test_differences_are_named() -> None:
    """Each difference that makes another fingerprint is said, and no other one."""
    others = {
        "test set": replace(SETUP, data_sha256="1", data_images=10_000),
        "measurements": replace(SETUP, measurements_version="0.2.0"),
        "isolation": replace(SETUP, isolation="bubblewrap"),
        "torch": replace(SETUP, packages={"torch": "2.9.0", "torchao": "0.18"}),
        "checkpoint key": replace(SETUP, checkpoint_key="ema"),
    }
    for word, setup in others.items():
        (said,) = differences(setup, SETUP)
        assert word in said
        assert fingerprint_of("ab", LAB, setup) != fingerprint_of("ab", LAB, SETUP)
    same = replace(SETUP, machine="another", measured_at="later", grader="0.1.0")
    assert list(differences(same, SETUP)) == []
