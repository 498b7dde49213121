def f():
    return 'x' * 10_000_000
