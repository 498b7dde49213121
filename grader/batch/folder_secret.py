"""The secret of a results folder, which decides what is drawn for each hand-in.

It is one row of a table of its own in results.db. Graders of the same schema made no such table and
do not miss it, so it is added at its first use and the schema keeps its number.
"""

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, insert, select

from grader.evaluators.hidden_draw import new_secret

_SECRET = Table(
    "secret",
    MetaData(),
    Column("key", Integer, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)


def kept_secret(connection: Connection) -> bytes:
    """Return the secret, 32 bytes; it is made and committed if there is none yet."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # so that a kill leaves no table without a row
    _SECRET.create(connection, checkfirst=True)
    found: bytes | None = connection.execute(select(_SECRET.c.value)).scalar_one_or_none()
    if found is None:
        found = new_secret()
        connection.execute(insert(_SECRET).values(key=1, value=found))
    connection.commit()
    return found
