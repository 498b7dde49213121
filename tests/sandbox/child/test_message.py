import subprocess
import sys

from tests.places import ROOT

PROGRAM = """
import os
from grader.sandbox.child.message import message_pipe
print("before")
with message_pipe() as pipe:
    print("chatter", flush=True)
    os.write(1, b"C chatter\\n")
    pipe.write(b"answer")
"""


def test_only_the_answer_comes_out_of_stdout() -> None:
    """What was printed before stays there; all else that is printed goes to stderr."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, cwd=ROOT, check=True)
    assert ran.stdout == b"before\nanswer"
    assert ran.stderr == b"chatter\nC chatter\n"
