import os
import time


def f():
    for _ in range(300):
        if os.fork() == 0:
            time.sleep(60)
    while True:
        pass
