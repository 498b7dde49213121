def f():
    for number in range(1000):
        with open(f'/tmp/{number}', 'wb') as file:
            file.write(bytes(16 << 20))
