"""The message of the child that reads a PDF: checked, then turned into records."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from grader.errors import HarnessError
from grader.writeup.document import Box, Document, Page, Unread, Word

RefusalKind = Literal[
    "empty",
    "truncated",
    "damaged",
    "password",
    "encryption",
    "no-pages",
    "memory",
    "time",
    "not-a-pdf",
]
Place = Annotated[float, Field(ge=-50_000, le=50_000, allow_inf_nan=False)]
Size = Annotated[float, Field(ge=0, le=20_000, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, lt=1 << 31)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(max_length=120)]
Turn = Literal[0, 90, 180, 270]
WordRecord = tuple[Text, Place, Place, Place, Place, Size, Turn]
BoxRecord = tuple[Place, Place, Place, Place]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PageRecord(_Record):
    """One page; a box is x0, top, x1, bottom, and a word is its text, box, size and turn."""

    number: Annotated[int, Field(ge=1, le=200)]
    unread: Literal["time", "memory", "characters", "damaged"] | None
    width: Size
    height: Size
    rotation: Turn
    characters: Count
    hidden: Count
    unmapped: Count
    words: Annotated[tuple[WordRecord, ...], Field(max_length=20_000)]
    rules: Annotated[tuple[BoxRecord, ...], Field(max_length=20_000)]
    pictures: Annotated[tuple[BoxRecord, ...], Field(max_length=1_000)]


class Description(_Record):
    """The whole file."""

    producer: Name
    creator: Name
    ends_well: bool
    pages_in_file: Annotated[int, Field(ge=1, le=10_000)]
    pages: Annotated[tuple[PageRecord, ...], Field(min_length=1, max_length=200)]


class Refusal(_Record):
    """The kind of a file that cannot be read."""

    refused: RefusalKind


_ANSWER: TypeAdapter[Description | Refusal] = TypeAdapter(Description | Refusal)


def parse(message: bytes) -> Document | RefusalKind:
    """Return the document in a message, or the kind of its refusal.

    Raises `HarnessError` if the message is malformed.
    """
    try:
        found = _ANSWER.validate_json(message)
    except ValidationError as error:
        raise HarnessError("The PDF reader sent a malformed message.") from error
    if isinstance(found, Refusal):
        return found.refused
    if [each.number for each in found.pages] != list(range(1, len(found.pages) + 1)):
        raise HarnessError("The PDF reader sent pages in a wrong order.")
    return Document(
        producer=found.producer,
        creator=found.creator,
        ends_well=found.ends_well,
        pages_in_file=max(found.pages_in_file, len(found.pages)),
        pages=tuple(map(_page, found.pages)),
    )


def _page(record: PageRecord) -> Page:
    return Page(
        number=record.number,
        width=record.width,
        height=record.height,
        rotation=record.rotation,
        characters=record.characters,
        hidden=record.hidden,
        unmapped=record.unmapped,
        words=tuple(map(_word, record.words)),
        rules=tuple(map(_box, record.rules)),
        pictures=tuple(map(_box, record.pictures)),
        unread=None if record.unread is None else Unread(record.unread),
    )


def _word(record: WordRecord) -> Word:
    text, x0, top, x1, bottom, size, turn = record
    return Word(text=text, box=_box((x0, top, x1, bottom)), size=size, turn=turn)


def _box(record: BoxRecord) -> Box:
    x0, top, x1, bottom = record
    return Box(x0=min(x0, x1), top=min(top, bottom), x1=max(x0, x1), bottom=max(top, bottom))
