"""The rows of a table against the reference's ranges."""

import pytest

from grader.evaluators import opened_write_up
from grader.evaluators.write_up_rows import TableRows
from grader.experiments.bands import Bands, PruningBand, QuantizationBand
from grader.experiments.summary import Spread
from tests.evaluators.write_ups import opened, pruned, quantized
from tests.writeup.the_tables import LAB, PRUNING, QUANTIZATION

LOW = Spread(mean=0.5, low=0.5, high=0.5)
HIGH = Spread(mean=0.97, low=0.97, high=0.975)
assert LAB.experiment is not None
BANDS = Bands(
    experiment=LAB.experiment,
    conditions=(),
    quantization=(
        QuantizationBand(row="float32", engine="", accuracy=HIGH),
        QuantizationBand(row="D qint8", engine="x86", accuracy=LOW),
        QuantizationBand(row="D qint8", engine="qnnpack", accuracy=HIGH),
        QuantizationBand(row="S qint8", engine="x86", accuracy=LOW),
    ),
    pruning={
        "with-rewinding": (PruningBand(iteration=0, remaining=1, accuracy=HIGH),),
        "without-rewinding": (PruningBand(iteration=0, remaining=1, accuracy=LOW),),
    },
)


@pytest.fixture(autouse=True)
def _bands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened_write_up, "bands_for", lambda _spec: BANDS)


def fits(rows: TableRows) -> dict[str, str | None]:
    """How the accuracy of each row fits."""
    return {each.row: each.fit for each in rows.judged() if each.column == "accuracy"}


def test_an_accuracy_is_compared_with_all_engines() -> None:
    """The range of dynamic quantization spans both engines, so 97 % is in it."""
    whole = opened(quantized())
    (read,) = whole.tables["quantization"]
    assert fits(TableRows(table=QUANTIZATION, variant=None, read=read, opened=whole)) == {
        "float32": "fits",
        "dynamic-float16": "no value",
        "dynamic-qint8": "fits",
        "static-qint8": "differs",
    }


@pytest.mark.parametrize(
    ("way", "fit"), [("with-rewinding", "fits"), ("without-rewinding", "differs")]
)
def test_each_way_of_pruning_has_its_own_range(way: str, fit: str) -> None:
    """An iteration without a range is not compared."""
    table = pruned(1)
    for row in table[1:]:
        row[2] = "97.3%"
    whole = opened(table)
    (read,) = whole.tables["pruning"]
    found = fits(TableRows(table=PRUNING, variant=way, read=read, opened=whole))
    assert found == {"0": fit, "1": "not compared"}
