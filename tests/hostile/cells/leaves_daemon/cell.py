import subprocess
import sys


def f():
    command = [sys.executable, '-c', 'import time; time.sleep(600)', 'the-daemon-of-leaves-daemon']
    subprocess.Popen(command, start_new_session=True)
    return 'started'
