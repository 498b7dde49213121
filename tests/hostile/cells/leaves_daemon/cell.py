import subprocess
import sys


def f():
    command = [sys.executable, '-c', 'import time; time.sleep(600)']
    subprocess.Popen(command, start_new_session=True)
    return 'started'
