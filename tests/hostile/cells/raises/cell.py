def g():
    x = 1
    # the last line of the cell's own
    return x / 0


g()
