import signal

signal.signal(signal.SIGXCPU, signal.SIG_IGN)


def f():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
