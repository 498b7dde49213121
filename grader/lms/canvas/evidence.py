"""The numbers of a class, by which one reading of a file's name is likelier than another."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from grader.intake.names import same_on_some_system
from grader.lms.canvas.reading import Chosen, FileName, doubt
from grader.lms.people import CANVAS, Person, same_name

FEW = 3  # files that no other file explains: fewer say nothing about the numbers of a class
NEAR = 2.0  # files of one assignment have attachment numbers within this factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The range of a class's attachments, the users who have a file, and the roster's numbers.

    `users` are the roster's people by Canvas's number, `ids` are the students' own ids.
    """

    lowest: float
    highest: float
    handed_in: frozenset[str]
    users: Mapping[str, Person]
    ids: frozenset[str]

    @classmethod
    def of(
        cls,
        certain: Mapping[str, FileName],
        open_: Mapping[str, Sequence[FileName]],
        people: Sequence[Person],
    ) -> "Evidence":
        """Return the evidence of the files that are certain, and of all together without them."""
        taken = [each.attachment for each in certain.values() if each.attachment is not None]
        lowest, highest = _range(taken or list(_likely(open_)))
        return cls(
            lowest=lowest,
            highest=highest,
            handed_in=frozenset(each.user for each in certain.values()),
            users={each.lms_id: each for each in people if each.lms == CANVAS and each.lms_id},
            ids=frozenset(same_on_some_system(each.id.strip()) for each in people if each.id),
        )

    def choose(self, member: str, possible: Sequence[FileName]) -> Chosen:
        """Choose the likely reading of the `possible` ones; a person looks if it is not the only.

        A reading that is likely only because its user is on the roster needs the roster's name:
        a student who is not on it may have a display name with another's number.
        """
        in_class = [each for each in possible if self._is_of_class(each)]
        likely = [each for each in in_class if not self.users or each.user in self.users]
        if len(likely) == 1 and (len(in_class) == 1 or self._has_name(likely[0])):
            return Chosen(reading=likely[0])
        if len(in_class) == 1 and not any(each.user in self.users for each in possible):
            return Chosen(reading=in_class[0])
        left = likely if len(likely) > 1 else in_class or possible
        free = [each for each in left if each.user not in self.handed_in]
        return Chosen(reading=(free or left)[0], review=doubt(member, left))

    def _is_of_class(self, reading: FileName) -> bool:
        tests: tuple[Callable[[int], bool], ...] = (
            lambda number: str(number) not in self.ids,
            lambda number: self.lowest <= number <= self.highest,
        )
        number = reading.attachment
        return number is None or all(test(number) for test in tests)

    def _has_name(self, reading: FileName) -> bool:
        listed = self.users[reading.user].name
        return listed is None or same_name(listed, reading.name)


def _range(attachments: Sequence[int]) -> tuple[float, float]:
    if not attachments:
        return 0.0, float("inf")
    return min(attachments) / NEAR, max(attachments) * NEAR


def _likely(open_: Mapping[str, Sequence[FileName]]) -> Iterator[int]:
    """Yield the usual attachment number of a class whose files all have several readings.

    The first readings are right if most of their display names are those of one user: file names
    often begin with a number. If most are not (`team` of `team_1`), the last readings are. So one
    student's display name changes nothing in a class.
    """
    files = [found for found in open_.values() if found]
    if len(files) < FEW:
        return
    first = {(found[0].name, found[0].user) for found in files}
    apart = len({name for name, _ in first}) > len(first) / 2
    numbers = [found[0 if apart else -1].attachment for found in files]
    known = [each for each in numbers if each is not None]
    if known:
        yield int(median(known))
