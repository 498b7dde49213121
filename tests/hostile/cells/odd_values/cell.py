class Odd:
    def __getattribute__(self, name):
        raise KeyError(name)

    def __reduce__(self):
        raise SystemExit


def f():
    return Odd()
