class Odd(BaseException):
    def __str__(self):
        while True:
            raise Odd


raise Odd
