"""A wall clock that goes back: it is shown, and nothing else depends on it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader
from tests.fake_stages import calls
from tests.faults.fake_grader import CLOCK, Death
from tests.faults.fixtures import Undisturbed
from tests.faults.running import DONE, Graders, report, results

PACKAGE = Path(grader.__file__).parent
WALL_CLOCKS = frozenset({"utcnow", "today", "localtime", "gmtime", "ctime", "strftime"})
WALL_CLOCKS |= {"time_ns", "st_mtime", "st_mtime_ns", "st_ctime", "getmtime", "file_time"}
SHOWN_ONLY = {"results.scored.reports_of", "pipeline.setup_now"}  # `graded_at` and `measured_at`
# When a mark was given, and when it was counted.
SHOWN_ONLY |= {"review.desk.signature", "review.decisions._save", "results.rescore._now"}
SHOWN_ONLY |= {"review.write_ups._save", "review.similar_pages._save"}
SHOWN_ONLY |= {"commands.grade.scored", "results.remove.scored"}
SHOWN_ONLY |= {"review.classroom._now", "review.classroom._changed", "results.read._report"}
SHOWN_ONLY |= {"results.earlier.keep_copy"}  # a folder's name; one that is there is not used
SHOWN_ONLY |= {"review.writer._rest"}  # the pause between two writings; none if it went back
DOUBTED = {"sandbox.diagnosis._machine"}  # which says so where the clock is wrong


@pytest.mark.slow
@pytest.mark.system
def test_a_clock_that_goes_back_changes_nothing(
    undisturbed: Undisturbed, graders: Graders, tmp_path: Path
) -> None:
    """Set back by an hour at every look, between runs and during one, killed and resumed."""
    out, back = tmp_path / "out", {CLOCK: "back"}
    death = Death(moments=tmp_path / "moments", phase="timing", moment=9, victim="group")
    ended = graders.grade(undisturbed.class_, out, {**back, **death.to_environment()})
    assert death.came, ended.said
    assert graders.grade(undisturbed.class_, out, back).status == DONE
    assert results(out) == undisturbed.results
    called = calls(tmp_path)
    assert graders.grade(undisturbed.class_, out, back).status == DONE
    assert calls(tmp_path) == called
    told = report(out, "B0")
    assert told["provenance"]["graded_at"] < told["provenance"]["measured_at"]  # it did go back
    assert all(each["seconds"] >= 0 for each in told["measurements"])


def test_the_wall_clock_is_only_shown() -> None:
    """No function looks at it but those whose dates are printed; durations are monotonic."""
    looks = {
        f"{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}.{function}"
        for path in PACKAGE.rglob("*.py")
        for function in _looking(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert looks == SHOWN_ONLY | DOUBTED


def _looking(tree: ast.AST, function: str = "") -> Iterator[str]:
    """The names of the functions that look at a wall clock, their own or a file's."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _looking(node, node.name)
            continue
        if isinstance(node, ast.Attribute) and (
            node.attr in WALL_CLOCKS or ast.unparse(node) in {"time.time", "datetime.now"}
        ):
            yield function
        yield from _looking(node, function)
