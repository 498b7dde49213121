"""The file that `grader lab new --kind write-up` writes: a lab whose hand-ins are PDFs."""

_START = r"""# Your own lab of write-ups: each hand-in is one PDF. docs/labs.md explains the keys.
# `grader lab check @NAME@.toml` lists the faults of this file, and
# `grader check REPORT.pdf --lab @NAME@.toml` shows what is found in a PDF.
schema_version = 1
kind = "write-up"
name = "@NAME@"
title = "@NAME@"
summary = "One line that describes this lab."

# The text that students get, in Markdown, beside this file. Students copy questions into their
# write-up: this text is subtracted before anything is searched.
# text = "@NAME@.md"

[deadline]
# due = 2027-04-04T23:55:00     # local time in `zone`; without `due` a person gives these points
zone = "Asia/Taipei"

[limits]
archive_bytes = 200_000_000
unpacked_bytes = 400_000_000
entries = 2_000
ratio = 200
pdf_bytes = 50_000_000

# The points. `on-time` is given by the machine, everything else by a person.
[[items]]
id = "time"
title = "Submission"
points = 2
kind = "on-time"

[[items]]
id = "report"
title = "Report"
points = 8
kind = "rubric"
levels = [
    { points = 0, words = "no answer is there" },
    { points = 4, words = "about half is there" },
    { points = 8, words = "all answers and the table are there" },
]

# An answer that a write-up must have. It is found if one of `words` stands in the text (as whole
# words, in any case), or if one of `patterns` (Python regular expressions) matches. `excerpt` is
# the question as in your text; the review shows it.
[[answers]]
id = "device"
title = "The device"
words = ["Raspberry Pi", "Jetson"]
# patterns = ['\bpi\s*[345]\b']
# excerpt = "Report the device you are using."

# A table, found by the names of its columns, each as a list of the headings that students write.
# `key` are the columns that tell the rows apart.
[[tables]]
id = "results"
title = "Results"
key = ["step"]
# optional = true               # nothing is said if it is missing

[[tables.columns]]
id = "step"
names = ["Step", "Phase"]

# `cell` is text, number, count, fraction (or percent), size, or time; `unit` is the unit where a
# student writes none. A person looks at a cell below `least` or above `most`.
[[tables.columns]]
id = "memory"
names = ["Memory (MB)", "Peak memory", "Memory"]
cell = "size"
unit = "MB"
# least = "1 MB"
# most = "8 GB"

[[tables.columns]]
id = "time"
names = ["Time (s)", "Time", "Duration"]
cell = "time"
unit = "s"

# The rows that must be there, by the texts that a cell of the key column may have. `exact` has
# values that cannot be different: another one fails.
[[tables.rows]]
id = "load"
title = "loading"
key = { step = ["Load", "Loading"] }
# exact = { memory = "12.5 MB" }

[[tables.rows]]
id = "run"
title = "running"
key = { step = ["Run", "Running", "Inference"] }

# Instead of rows, a table can have numbered ones: numbered = { first = 0, last = 20 }
# Several tables of the same form, each with its own title, are variants of one:
# [[tables.variants]]
# id = "warm"
# title = "warm"
# words = ["warm start", "warm"]
"""


def write_up_start(name: str) -> str:
    """The text of a valid lab file for a lab of write-ups called `name`."""
    return _START.replace("@NAME@", name)
