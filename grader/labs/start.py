"""The file that `grader lab new` writes: a lab that extends a shipped one."""

from grader.labs import DEFAULT_LAB

_START = """\
# Your own lab. It contains only its differences from the lab that it extends.
# `grader lab show @BASE@` prints all possible keys; docs/labs.md explains them.
# `grader lab check @NAME@.toml` lists the faults of this file, `grader lab show @NAME@.toml`
# prints the whole lab, and `grader grade --lab @NAME@.toml` uses it.
extends = "@BASE@"
# Keys of the extended lab that this lab does not have. Name a question by its id, for example
# "questions.4.3": then change the points of its item too.
remove = ["deadline.due"]
name = "@NAME@"
title = "@NAME@"
summary = "One line that describes this lab."

[deadline]
# due = 2027-04-04T23:55:00     # local time in `zone`; without `due` no hand-in is late
zone = "Asia/Taipei"

# The penalty for a late hand-in. The default is "none"; "refuse" gives no points.
# [deadline.late]
# policy = "percent"
# percent_per_day = 10.0        # of the earned points
# most_percent = 50.0
# grace_minutes = 15

# [layout]
# template_notebook = "lab2.ipynb"       # the name of the notebook that students get
# blank_notebook = "@NAME@.ipynb"        # beside this file; unchanged cells count as given

# The accepted sets of files. This list replaces the list of the extended lab.
# [[layout.forms]]
# name = "only"
# files = ["checkpoint", "notebook"]

# [score]                       # `points` must equal the points of the item of kind formula
# mflops_goal = 45.0
# accuracy_goal = 0.92

# A question with an id of the extended lab changes the keys that are given here; a new id adds a
# question. The points of an item's questions must add up to the item's points.
# [[questions]]
# id = "1.1"
# points = 3.0
# [[questions]]
# id = "1.2"
# points = 2.0
"""


def start(name: str) -> str:
    """The text of a valid lab file for a lab called `name`."""
    return _START.replace("@NAME@", name).replace("@BASE@", DEFAULT_LAB)
