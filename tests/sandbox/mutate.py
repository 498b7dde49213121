"""Reads a checkpoint again and again with bytes changed: `mutate.py CHECKPOINT TIMES`.

Run under a limit of memory: some changes ask for more than any machine has.
"""

import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from grader.sandbox.child.unpickle import answer
from tests.networks.checkpoints import WANTED


def main() -> None:
    """Print how many checkpoints were answered; any exception ends this."""
    content = Path(sys.argv[1]).read_bytes()
    choice = random.Random(0)  # noqa: S311 - the same changes every time
    answered = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mutated.pth"
        for _ in range(int(sys.argv[2])):
            mutated = bytearray(content)
            for _ in range(choice.randint(1, 8)):
                mutated[choice.randrange(len(mutated))] = choice.randrange(256)
            path.write_bytes(mutated)
            answered += len(answer(path, WANTED)) > 0
    print(answered)  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
