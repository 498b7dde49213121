"""A batch killed at random lines of every phase, again and again on the same results folder."""

import os
import random
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from grader.evidence.ids import LATENCY
from tests.fake_stages import calls
from tests.faults.fake_grader import IN_A_WORKER, PHASES, Death
from tests.faults.fixtures import Undisturbed
from tests.faults.running import DONE, JOBS, Graders, copied_database, finished_files, results

pytestmark = [pytest.mark.slow, pytest.mark.system]

CHAINS = 2  # at a time, each with a death in every phase
SEED = os.environ.get("GRADER_FAULTS_SEED", "4")  # any text: another gives other moments


def test_every_phase_has_moments(undisturbed: Undisturbed) -> None:
    """A phase whose functions were renamed would be one in which nothing is ever killed."""
    assert undisturbed.lines.keys() == PHASES.keys()
    assert all(undisturbed.lines.values())


def test_nothing_but_the_results_is_left(undisturbed: Undisturbed) -> None:
    """The batch that others are compared with leaves no scratch, no log and no part of a file."""
    students = [f"B{number}" for number in range(6)]
    names = ("report.json", "feedback.html", "feedback.md")
    folders = [f"students/{student}" for student in students]
    reports = [f"{folder}/{name}" for folder in folders for name in names]
    files = {"grades.csv", "index.html", "results.db", "results.lock", "folders.json", "students"}
    files |= {"lab", "lab/lab.toml", "lab/prune-mobilenet.ipynb"}
    assert undisturbed.results.keys() == {*folders, *reports, *files}


def test_killed_at_random_moments_of_every_phase(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """24 kills, in every phase and of every process: nothing is lost, doubled or changed.

    What was saved before a kill is not measured again; a kill costs no more than was at work.
    """
    assert CHAINS * len(PHASES) >= 20
    with ThreadPoolExecutor(CHAINS) as pool:
        dice = [random.Random(f"{SEED} {number}") for number in range(CHAINS)]  # noqa: S311 - moments, not secrets
        chains = [
            pool.submit(_suffer, undisturbed, tmp_path / str(number), each)
            for number, each in enumerate(dice)
        ]
        deaths = [death for chain in chains for death in chain.result()]
    assert sorted(death.phase for death in deaths) == sorted([*PHASES] * CHAINS)


def _suffer(undisturbed: Undisturbed, folder: Path, dice: random.Random) -> list[Death]:
    """Die once in every phase, in any order, on a results folder for as long as it is unfinished.

    Where nothing is left of a phase to die in, the batch has ended: it is looked at, and a new one
    begun.
    """
    deaths: list[Death] = []
    outs = (folder / str(number) / "out" for number in count())
    out = next(outs)
    with Graders() as graders:
        for phase in dice.sample([*PHASES], len(PHASES)):
            death = _drawn(undisturbed, phase, out, dice)
            while not _dies(undisturbed, out, death, graders):
                out = next(outs)
                death = _drawn(undisturbed, phase, out, dice)
            deaths.append(death)
        told = f"seed {SEED}: {'; '.join(map(str, deaths))}"
        assert graders.grade(undisturbed.class_, out).status == DONE, told
    assert results(out) == undisturbed.results, told
    return deaths


def _drawn(undisturbed: Undisturbed, phase: str, out: Path, dice: random.Random) -> Death:
    victims = ["self", "group", *(["parent"] if phase in IN_A_WORKER else [])]
    out.mkdir(parents=True, exist_ok=True)
    return Death(
        phase=phase,
        moment=dice.randint(1, undisturbed.lines[phase]),
        victim=dice.choice(victims),
        moments=out.with_name(f"moments {phase}"),
    )


def _dies(undisturbed: Undisturbed, out: Path, death: Death, graders: Graders) -> bool:
    """Run one more batch, and say whether it died as it should or came to its end before."""
    told = f"seed {SEED}: {death}, in {out}"
    before, called = set(_saved(out)), len(calls(out.parent))
    ended = graders.grade(undisturbed.class_, out, death.to_environment())
    again = set(calls(out.parent)[called:])
    after = [*_saved(out)]
    assert len(set(after)) == len(after), told
    assert before <= set(after), told
    assert not before & again, told
    assert len(after) >= len(before | again) - JOBS, told
    for name, content in finished_files(out).items():
        assert content == undisturbed.results[name], told
    if ended.status == DONE:  # the moment never came, or a worker died and another took its place
        assert results(out) == undisturbed.results, told
    else:
        assert ended.status == -signal.SIGKILL, f"{told}\n{ended.said}"
    return death.came


def _saved(out: Path) -> Iterator[str]:
    """Every call of a stage whose outcome is in the database, once for each time it is there."""
    for hand_in in copied_database(out):
        for measurement in hand_in["measurements"]:
            if stage := {"mflops": "measure", LATENCY: "time"}.get(measurement["id"]):
                yield f"{stage} {hand_in['student']}"
