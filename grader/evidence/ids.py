"""The id of every measurement, as used in reports, results.db and lab files."""

WORKER = "batch.worker"  # only as an ERROR: the grader itself failed on the hand-in
CHOICE = "intake.choice"  # only if a person has several hand-ins, none of which is chosen
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
QUESTION = "question."  # followed by the question's id
WRITE_UP = "write-up"
ANSWER = "answer."  # followed by the answer's id
TABLE = "table."  # followed by the table's id, and that of its variant
PREFIXES = (QUESTION, ANSWER, TABLE)


def question_id(question: str) -> str:
    """The id of the measurement for a question."""
    return f"{QUESTION}{question}"


def answer_id(answer: str) -> str:
    """The id of the measurement for an answer of a write-up."""
    return f"{ANSWER}{answer}"


def table_id(table: str, variant: str | None = None) -> str:
    """The id of the measurement for a table of a write-up, and one of its variants."""
    return f"{TABLE}{table}" if variant is None else f"{TABLE}{table}.{variant}"
