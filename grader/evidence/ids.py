"""The id of every measurement, as reports, results.db and lab files have it."""

WORKER = "batch.worker"  # of a hand-in that the grader broke on
ARCHIVE = "intake.archive"
LAYOUT = "intake.layout"
LINEAGE = "structure.lineage"
MFLOPS = "mflops"
ACCURACY = "accuracy.pytorch"
EXECUTORCH = "accuracy.executorch"
PROGRAM = "accuracy.program"
RUNNER = "accuracy.runner"
LATENCY = "latency.executorch"
DEVICE_LATENCY = "latency.device"
NOTEBOOK = "notebook"
QUESTION = "question."  # and the question's own id


def question_id(question: str) -> str:
    """The id of the measurement that says what became of a question."""
    return f"{QUESTION}{question}"
