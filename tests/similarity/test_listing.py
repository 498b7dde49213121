"""The list of similar hand-ins."""

from rich.console import Console

from grader.similarity.listing import GROUPS, NAMED, Found, Listed, listing, not_compared


def printed(*parts: object) -> str:
    """What a wide terminal shows."""
    console = Console(width=400, color_system=None)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    return captured.get()


def test_pairs_and_the_first_groups_are_listed_with_their_evidence() -> None:
    """The others are counted; a name cannot act on the terminal."""
    pair = Listed(students=("a\x1b[2J", "b"), evidence=("one", "two"))
    group = Listed(students=tuple(f"s{n}" for n in range(NAMED + 2)), evidence=("three",))
    whole = Listed(students=("a", "b", "c"), evidence=("the template", "kernels"))
    found = Found(
        pairs=(pair,),
        groups=(group,) * (GROUPS + 2),
        whole=whole,
        compared="9 networks",
        notes=("Read it so.",),
        left_out={"z": "no network"},
    )
    said = printed(*listing(found))
    (line,) = [each for each in said.splitlines() if "whole class" in each]
    assert "3 hand-ins share" in line
    assert "the template; kernels." in line
    assert "Read it so." in said
    assert "z was not compared: no network" in said
    assert "\x1b" not in said
    assert said.count("hand-ins share") == GROUPS + 1
    assert "2 more groups" in said
    assert "s29" in said
    assert "s30" not in said
    assert f"1 pair and {GROUPS + 2} groups among 9 networks." in said
    assert all(each in said for each in ("one", "two", "three"))


def test_what_was_not_compared_is_said_with_its_reason() -> None:
    """Nothing is said if all were."""
    assert printed(*not_compared({})) == ""
    assert "a was not compared: no network" in printed(*not_compared({"a": "no network"}))
