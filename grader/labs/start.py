"""The file that `grader lab new` writes: a lab that says only what differs from a shipped one."""

from grader.labs import DEFAULT_LAB

_START = """\
# A lab of your own. It says only what differs from the lab that it extends.
# `grader lab show @BASE@` prints all that can stand here, docs/labs.md explains it.
# `grader lab check @NAME@.toml` lists what is wrong, `grader lab show @NAME@.toml` prints the
# whole lab, and `--lab @NAME@.toml` grades by it.
extends = "@BASE@"
# Keys that the extended lab has and this one does not. A question is named by its id, as in
# "questions.4.3": then change the points of its item too.
remove = ["deadline.due"]
name = "@NAME@"
title = "@NAME@"
summary = "One line, which says what this lab is."

[deadline]
# due = 2027-04-04T23:55:00     # local time in `zone`; without it nobody is late
zone = "Asia/Taipei"

# What it costs to be late. The default is "none"; "refuse" gives no points.
# [deadline.late]
# policy = "percent"
# percent_per_day = 10.0        # of what was earned
# most_percent = 50.0
# grace_minutes = 15

# [layout]
# template_notebook = "lab2.ipynb"       # the name under which you give the notebook out
# blank_notebook = "@NAME@.ipynb"        # beside this file: what is as in it counts as given

# The sets of files that are accepted. Such a list replaces the extended lab's.
# [[layout.forms]]
# name = "only"
# files = ["checkpoint", "notebook"]

# [score]                       # points is also the points of the item of kind formula
# mflops_goal = 45.0
# accuracy_goal = 0.92

# A question with an id that the extended lab has changes the keys that stand here; a new id is a
# new question. The questions of an item must add up to its points.
# [[questions]]
# id = "1.1"
# points = 3.0
# [[questions]]
# id = "1.2"
# points = 2.0
"""


def start(name: str) -> str:
    """The text of a lab file called `name` that is valid as it is."""
    return _START.replace("@NAME@", name).replace("@BASE@", DEFAULT_LAB)
