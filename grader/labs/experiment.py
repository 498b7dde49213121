"""A lab's `[experiment]`: the network that students train, quantize and prune, and its settings."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from grader.labs.table import Table, refuse

Quantization = Literal["float32", "D float16", "D qint8", "S qint8"]
"""A row of the quantization table: not quantized, dynamic (D) or static (S), and the dtype."""

FLOAT32: Final = "float32"
DYNAMIC_FLOAT16: Final = "D float16"
DYNAMIC_INT8: Final = "D qint8"
STATIC_INT8: Final = "S qint8"

Width = Annotated[int, Field(ge=1, le=65_536)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]


class ExperimentSpec(Table):
    """The experiment that a lab asks for; expectations and the reference are computed from it.

    `crop` is the side in pixels of the square that is cut from the middle of each image; without it
    the whole image is used. `hidden` are the widths of the hidden layers. A latency is a mean and a
    standard deviation over `latency_runs` runs, for each of `latency_batches`. `quantization` are
    the rows of the table. Each of `prune_iterations` prunes `prune_fraction` of the weights that
    remain. `seed` is that of the first run.
    """

    dataset: str
    network: str = "feed-forward"
    crop: Width | None = None
    hidden: tuple[Width, ...] = Field(max_length=32)
    learning_rate: float = Field(gt=0, le=10)
    batch: Count
    epochs: Count
    seed: int = Field(default=0, ge=0, lt=2**31)
    latency_batches: tuple[Count, ...] = Field(default=(1, 64), min_length=1, max_length=8)
    latency_runs: int = Field(default=5, ge=2, le=1_000)
    quantization: tuple[Quantization, ...] = (
        FLOAT32,
        DYNAMIC_FLOAT16,
        DYNAMIC_INT8,
        STATIC_INT8,
    )
    prune_fraction: float = Field(default=0.33, gt=0, lt=1)
    prune_iterations: int = Field(default=20, ge=0, le=1_000)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        several = {"quantization": self.quantization, "latency_batches": self.latency_batches}
        refuse(
            [
                f"{key} has a value twice"
                for key, values in several.items()
                if len(set(values)) < len(values)
            ]
        )
        return self
