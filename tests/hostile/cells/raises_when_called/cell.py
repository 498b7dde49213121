def f():
    raise ValueError('<script>\x1b[31m\u202e')
