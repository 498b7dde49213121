"""A lab as data: the tables that every lab has, whatever is handed in."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from grader.labs.consistency import questions_fill_items
from grader.labs.deadline import Deadline
from grader.labs.extends import EXTENDS, REMOVE
from grader.labs.files import NAME_PATTERN
from grader.labs.hand_in_files import HandInFiles
from grader.labs.hand_in_limits import ArchiveLimits
from grader.labs.identity import content_sha256, measured_sha256
from grader.labs.item import Item
from grader.labs.question import Question
from grader.labs.table import Table, refuse


class LabSpec(Table):
    """A lab. Its kind says what is handed in; each kind is a subclass, in `labs/kinds.py`.

    Of a kind, `packages` are those on which measurements depend; if it `is_timed`, the latency of
    each hand-in is measured. `hand_in_files` says what a hand-in looks like.
    """

    read_before: ClassVar = (EXTENDS, REMOVE)
    packages: ClassVar[tuple[str, ...]] = ()
    is_timed: ClassVar = False
    hand_in_files: ClassVar[HandInFiles]

    schema_version: Literal[1]
    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    title: str
    summary: str
    deadline: Deadline
    limits: ArchiveLimits
    items: tuple[Item, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = ()

    @model_validator(mode="after")
    def _tables_agree(self) -> Self:
        refuse(tuple(self.faults_of_parts(dict(self))))
        return self

    @classmethod
    def faults_between(cls, content: Any, context: Any) -> Iterator[str]:
        """Yield the faults between those parts of the lab that are valid: sums and ids."""
        parts = {}
        for name, field in cls.model_fields.items():
            if name in content or field.is_required():
                try:
                    reader = TypeAdapter[Any](field.rebuild_annotation())
                    parts[name] = reader.validate_python(content.get(name), context=context)
                except ValidationError:
                    continue
            else:
                parts[name] = field.get_default(call_default_factory=True)
        yield from cls.faults_of_parts(parts)

    @classmethod
    def faults_of_parts(cls, parts: Mapping[str, Any]) -> Iterator[str]:
        """Yield the faults between those parts of the lab that are in `parts`."""
        if {"items", "questions"} <= parts.keys():
            yield from questions_fill_items(parts["items"], parts["questions"])

    def questions_of(self, item: str) -> tuple[Question, ...]:
        """The questions of the item with the id `item`."""
        return tuple(each for each in self.questions if each.item == item)

    def most(self, item: Item) -> float | None:
        """The largest mark of `item`, None if it is unbounded."""
        return item.points

    @property
    def blank(self) -> bytes | None:
        """The bytes of the blank notebook, None if the lab has none."""
        return None

    @property
    def template_name(self) -> str | None:
        """The name of the file that students get and fill in, None if there is none."""
        return None

    @property
    def files_beside(self) -> Mapping[str, bytes]:
        """The content of the files that the lab file names, by their names."""
        return {}

    @property
    def measured_sha256(self) -> str:
        """As `sha256`, of the keys on which measurements depend."""
        return measured_sha256(self, self.blank)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the lab's content, without comments and the order of keys."""
        return content_sha256(self)
