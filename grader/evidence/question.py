"""What was seen of the answer to a question."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvidence(Record):
    """Where the answer is, and what it says."""

    state: str | None
    """`answered`, `empty`, `as given` or `not found`, which is `skipped` and never a zero"""
    cell: int | None
    """the cell, from 1, `null` where there is none"""
    answer: str | None = None
    """the answer's Markdown or code, cut at 2,000 characters"""
    answer_left_out: int | None = None
    """how many of its characters are missing in `answer`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Record):
    """A property that does not hold, and why: a sentence that may quote the hand-in."""

    property: str
    """the property's name in the lab file"""
    why: str
    """why it does not hold"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertiesEvidence(Record):
    """What a check of the machine's found; the lab file says what each property is worth."""

    held: tuple[str, ...]
    """the properties that hold"""
    broken: tuple[Broken, ...]
    """the properties that do not hold"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionEvidence(Record):
    """Of a question of kind `prune-function`."""

    calls: int | None
    """how often the function was called"""
    source: str | None
    """the source that was run"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberEvidence(Record):
    """Of a question of kind `target-sparsity`."""

    value: float | None
    """the number"""
    how: str | None
    """how it was got: `read`, or `run` in the sandbox"""
    left: int | None
    """the weights that it leaves"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SparsityDictEvidence(Record):
    """Of a question of kind `sparsity-dict`; all fractions."""

    size_ratio: float | None
    """the sparse network's size over the dense one's, as we work it out"""
    printed_size_ratio: float | None
    """the same as the notebook printed it"""
    printed_accuracy: float | None
    """the accuracy that the notebook printed"""
    printed_in_cell: int | None
    """the cell, from 1, that printed it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityEvidence(Record):
    """Of a question of kind `most-sensitive`, from the notebook's own scan."""

    most_sensitive: str | None
    """the weight of the lowest mean accuracy; `null`, and nothing else, where the scan cannot be read"""  # noqa: E501
    mean_accuracy: float | None = None
    """that mean accuracy, a fraction"""
    scanned_in_cell: int | None = None
    """the cell, from 1, that printed the scan"""
    named: bool | None = None
    """whether the answer names that weight"""
