import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from grader.intake import fingerprint
from grader.marks.decision_store import save_decision
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.results.folder import SIMILAR
from grader.results.read import read_results
from grader.results.write import write_results
from grader.types import Report
from tests.classes import graded
from tests.marks.test_not_a_copy import decided
from tests.networks.checkpoints import module_of, uneven
from tests.report.examples import LAB, failed, passed
from tests.report.measured import NOT_MOBILENET
from tests.report.write_ups import DUE as WRITE_UP_LAB
from tests.report.write_ups import UNREADABLE, write_up
from tests.similarity.write_ups import different, latencies, paragraph
from tests.similarity.write_ups import of as of_write_up
from tests.system.hand_ins import hand_in, pickled

pytestmark = pytest.mark.system


def of(path: Path) -> Report:
    """The report of the hand-in at `path`."""
    base = passed(path.stem, 44.0, 9300, 0.4)
    handed_in = replace(base.submission, source=path, sha256=fingerprint(path, LAB))
    return replace(base, submission=handed_in)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A1 handed in a network, B2 the same after a small step, C3 one of equal widths, D4 none."""
    folder = tmp_path_factory.mktemp("class")
    stepped = module_of(uneven(), seed=1)
    with torch.no_grad():
        for weights in stepped.parameters():
            weights.mul_(1 + 0.002 * torch.randn(weights.shape))
    networks = {"A1": module_of(uneven(), seed=1), "B2": stepped, "C3": module_of(uneven(), seed=2)}
    sources = [hand_in(folder, name, pickled(module)) for name, module in networks.items()]
    reports = [*map(of, sources), failed("D4", NOT_MOBILENET)]
    return graded(folder / "results", *reports)


def test_who_shares_tensors_is_listed_and_equal_widths_are_not(results: Path) -> None:
    """The pair that copied is shown with its evidence; the one with its widths alone is not."""
    ran = CliRunner().invoke(app, ["similar", str(results)])
    assert ran.exit_code == 0, ran.output
    assert "A1 and B2" in ran.output
    assert "C3" not in ran.output
    assert "1 pair and 0 groups" in ran.output
    assert "1 hand-in" in ran.output
    assert f"{NOT_MOBILENET.reason}" in " ".join(ran.output.split())
    assert "Equal widths alone" in " ".join(ran.output.split())


def test_the_list_is_kept_and_can_be_json(results: Path) -> None:
    """For the review; the JSON on the terminal is the same as in the file."""
    ran = CliRunner().invoke(app, ["similar", str(results), "--json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout) == json.loads((results / SIMILAR).read_text())
    (pair,) = json.loads(ran.stdout)["pairs"]
    assert pair["students"] == ["A1", "B2"]
    assert pair["evidence"]


def test_a_pair_that_somebody_looked_at_says_so(results: Path) -> None:
    """The decision is read from the database of marks, which listing alone does not create."""
    assert not (results / MARKS).exists()
    submissions = {each.submission.id: each.submission for each in read_results(results)}
    given = decided(submissions["A1"], submissions["B2"])
    ((decision,),) = (each.values() for each in given.decisions.values())
    with Marks.open(results / MARKS) as marks:
        save_decision(marks.engine, decision, 0)
    ran = CliRunner().invoke(app, ["similar", str(results)])
    assert ran.exit_code == 0, ran.output
    assert "looked at by ta, 2024-04-05: not a copy" in " ".join(ran.output.split())


def test_who_moved_away_is_named(results: Path) -> None:
    """A hand-in that is not where it was graded is no error of the class's."""
    (results.parent / "C3.zip").unlink()
    ran = CliRunner().invoke(app, ["similar", str(results)])
    assert ran.exit_code == 0, ran.output
    assert "C3" in ran.output


def test_write_ups_are_compared_by_latencies_and_text(tmp_path: Path) -> None:
    """One without text is named with its reason; a network to start from is refused."""
    copy = of_write_up("Z", latencies(3), paragraph(3))
    write_results([*different(5), copy, write_up("Q", UNREADABLE)], WRITE_UP_LAB, tmp_path)
    ran = CliRunner().invoke(app, ["similar", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    assert "S003 and Z" in ran.output
    assert "1 pair and 0 groups among 6 write-ups" in ran.output
    assert "Q was not compared: No text" in " ".join(ran.output.split())
    refused = CliRunner().invoke(app, ["similar", str(tmp_path), "--base", "base.pth"])
    assert isinstance(refused.exception, GraderError)
