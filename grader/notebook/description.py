"""What the sandbox's child says of a notebook, checked before anything believes it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from grader.errors import HarnessError

Length = Annotated[int, Field(ge=0, lt=1 << 40)]
Mime = Annotated[str, Field(max_length=60)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OutputRecord(_Record):
    """One output; `text` and `html` are lengths in bytes, of pieces of the message's own text."""

    kind: Literal["stream", "display", "result", "error"]
    name: Mime
    text: Length
    left_out: Length
    html: Length | None
    mimes: Annotated[tuple[tuple[Mime, Length], ...], Field(max_length=8)]


class CellRecord(_Record):
    """One cell; `source` and `html` are lengths as well. Source, HTML, outputs: in that order."""

    kind: Literal["code", "markdown", "raw"]
    execution_count: Annotated[int, Field(ge=0, lt=1 << 31)] | None
    source: Length
    left_out: Length
    html: Length | None
    outputs: Annotated[tuple[OutputRecord, ...], Field(max_length=5_000)]
    outputs_left_out: Length


class Description(_Record):
    """All that was read, but for the texts and the images, which come as bytes."""

    nbformat: Annotated[str, Field(pattern=r"^[34]\.[0-9]{1,9}$")]
    language: Annotated[str, Field(max_length=50)]
    cells: Annotated[tuple[CellRecord, ...], Field(max_length=2_000)]
    images: Annotated[tuple[tuple[Mime, Length], ...], Field(max_length=1_000)]
    output_bytes: Length


class Refusal(_Record):
    """Why the file is no notebook, as the rest of a sentence."""

    unreadable: Annotated[str, Field(max_length=500)]


_ANSWER: TypeAdapter[Description | Refusal] = TypeAdapter(Description | Refusal)


def parse(metadata: dict[str, str]) -> Description | Refusal:
    """The description in a message's metadata; `HarnessError` if the child did not follow it."""
    try:
        return _ANSWER.validate_json(metadata["notebook"])
    except (KeyError, ValidationError) as error:
        raise HarnessError(f"The notebook's reader gave no usable answer: {error}") from error
