"""The lab on-device-2022 and its two tables."""

from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab


def _lab() -> WriteUpLab:
    found = load_lab("on-device-2022")
    assert isinstance(found, WriteUpLab)
    return found


LAB = _lab()
QUANTIZATION, PRUNING = LAB.tables
