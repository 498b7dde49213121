"""The sandbox child's description of a notebook, checked before it is used."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from grader.errors import HarnessError

Length = Annotated[int, Field(ge=0, lt=1 << 40)]
Mime = Annotated[str, Field(max_length=60)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OutputRecord(_Record):
    """One output; `text` and `html` are lengths in bytes of slices of the message's text."""

    kind: Literal["stream", "display", "result", "error"]
    name: Mime
    text: Length
    left_out: Length
    html: Length | None
    mimes: Annotated[tuple[tuple[Mime, Length], ...], Field(max_length=8)]


class CellRecord(_Record):
    """One cell; `source` and `html` are lengths too. The slices' order: source, HTML, outputs."""

    kind: Literal["code", "markdown", "raw"]
    execution_count: Annotated[int, Field(ge=0, lt=1 << 31)] | None
    source: Length
    left_out: Length
    html: Length | None
    outputs: Annotated[tuple[OutputRecord, ...], Field(max_length=5_000)]
    outputs_left_out: Length


class Description(_Record):
    """The whole notebook, except the texts and the images, which are sent as bytes."""

    nbformat: Annotated[str, Field(pattern=r"^[34]\.[0-9]{1,9}$")]
    language: Annotated[str, Field(max_length=50)]
    cells: Annotated[tuple[CellRecord, ...], Field(max_length=2_000)]
    images: Annotated[tuple[tuple[Mime, Length], ...], Field(max_length=1_000)]
    output_bytes: Length


class Refusal(_Record):
    """The reason why the file is not a notebook, as a predicate."""

    unreadable: Annotated[str, Field(max_length=500)]


_ANSWER: TypeAdapter[Description | Refusal] = TypeAdapter(Description | Refusal)


def parse(metadata: dict[str, str]) -> Description | Refusal:
    """Return the description in a message's metadata. Raises `HarnessError` if it is malformed."""
    try:
        return _ANSWER.validate_json(metadata["notebook"])
    except (KeyError, ValidationError) as error:
        raise HarnessError(f"The notebook reader sent a malformed message: {error}") from error
