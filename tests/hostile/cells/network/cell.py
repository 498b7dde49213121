import socket


def f():
    return [name for _, name in socket.if_nameindex()]
