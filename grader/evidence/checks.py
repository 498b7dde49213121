"""The records of every check's evidence, in the order in which their keys are written."""

from collections.abc import Mapping

from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence, ProgramEvidence, TallyEvidence
from grader.evidence.device import (
    DeviceEvidence,
    DeviceRunEvidence,
    DeviceTimingEvidence,
    HealthEvidence,
)
from grader.evidence.intake import ArchiveEvidence, ChoiceEvidence, LayoutEvidence
from grader.evidence.latency import LatencyEvidence
from grader.evidence.lineage import LineageEvidence
from grader.evidence.mflops import MflopsEvidence
from grader.evidence.notebook import NotebookEvidence
from grader.evidence.question import (
    AnswerEvidence,
    FunctionEvidence,
    NumberEvidence,
    PropertiesEvidence,
    SensitivityEvidence,
    SparsityDictEvidence,
)
from grader.evidence.record import Record
from grader.evidence.runner import EmulationEvidence, PrintedEvidence, RunEvidence
from grader.evidence.write_up import RequiredAnswerEvidence, TableEvidence, WriteUpEvidence

EVIDENCE: Mapping[str, tuple[type[Record], ...]] = {
    ids.WORKER: (),
    ids.CHOICE: (ChoiceEvidence,),
    ids.ARCHIVE: (ArchiveEvidence,),
    ids.LAYOUT: (LayoutEvidence,),
    ids.LINEAGE: (LineageEvidence,),
    ids.MFLOPS: (MflopsEvidence,),
    ids.ACCURACY: (TallyEvidence, CheckpointEvidence),
    ids.EXECUTORCH: (TallyEvidence, ProgramEvidence),
    ids.PROGRAM: (TallyEvidence, ProgramEvidence),
    ids.RUNNER: (
        DeviceEvidence,
        RunEvidence,
        PrintedEvidence,
        EmulationEvidence,
        DeviceRunEvidence,
        HealthEvidence,
    ),
    ids.LATENCY: (LatencyEvidence,),
    ids.DEVICE_LATENCY: (DeviceEvidence, DeviceTimingEvidence, LatencyEvidence, HealthEvidence),
    ids.NOTEBOOK: (NotebookEvidence,),
    ids.WRITE_UP: (WriteUpEvidence,),
    ids.ANSWER: (RequiredAnswerEvidence,),
    ids.TABLE: (TableEvidence,),
    ids.QUESTION: (
        AnswerEvidence,
        FunctionEvidence,
        NumberEvidence,
        SparsityDictEvidence,
        SensitivityEvidence,
        PropertiesEvidence,
    ),
}
