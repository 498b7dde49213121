"""Evidence of the answer to a question."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvidence(Record):
    """The answer and its cell."""

    state: str | None
    """`answered`, `empty`, `as given` or `not found`, which is `skipped` and never a zero"""
    cell: int | None
    """the cell, from 1; `null` if there is none"""
    answer: str | None = None
    """the answer's Markdown or code, cut at 2,000 characters"""
    answer_left_out: int | None = None
    """the number of characters that were cut from `answer`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Record):
    """A property that does not hold, and the reason."""

    property: str
    """the property's name in the lab file"""
    why: str
    """the reason: a sentence that may quote the hand-in"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertiesEvidence(Record):
    """The result of an automatic check; the lab file has the points for each property."""

    held: tuple[str, ...]
    """the properties that hold"""
    broken: tuple[Broken, ...]
    """the properties that do not hold"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionEvidence(Record):
    """Only of a question of kind `prune-function`."""

    calls: int | None
    """the number of calls of the function"""
    source: str | None
    """the source that was run"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberEvidence(Record):
    """Only of a question of kind `target-sparsity`."""

    value: float | None
    """the number"""
    how: str | None
    """how the number was found: `read` from the code, or `run` in the sandbox"""
    left: int | None
    """the number of weights that it leaves"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SparsityDictEvidence(Record):
    """Only of a question of kind `sparsity-dict`; ratios and accuracies are fractions."""

    size_ratio: float | None
    """the size of the sparse network divided by that of the dense one, as the grader computes it"""
    printed_size_ratio: float | None
    """the same ratio as the notebook printed it"""
    printed_accuracy: float | None
    """the accuracy that the notebook printed"""
    printed_in_cell: int | None
    """the cell, from 1, that printed it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityEvidence(Record):
    """Only of a question of kind `most-sensitive`; read from the scan in the notebook."""

    most_sensitive: str | None
    """the weight with the lowest mean accuracy; `null`, without other keys, if the scan cannot be read"""  # noqa: E501
    mean_accuracy: float | None = None
    """that mean accuracy, a fraction"""
    scanned_in_cell: int | None = None
    """the cell, from 1, that printed the scan"""
    named: bool | None = None
    """true if the answer names that weight"""
