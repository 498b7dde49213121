def f():
    open('/usr/left-behind', 'w')
