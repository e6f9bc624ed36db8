# Adds to a counter in an SQLite file: python3 fixed.py REFERENCE AMOUNT
#
# Right: BEGIN IMMEDIATE takes the lock for writing before the counter is read, and the second
# program waits for it. The caller's reference is a key, so that a repetition adds nothing.
import os
import sqlite3
import sys

reference, amount = sys.argv[1:]
connection = sqlite3.connect(os.environ["SQLITE_PATH"], isolation_level=None)
with connection:
    connection.execute("BEGIN IMMEDIATE")
    saved = connection.execute(
        "INSERT INTO additions (reference, amount) VALUES (?, ?)"
        " ON CONFLICT (reference) DO NOTHING",
        (reference, int(amount)),
    )
    if saved.rowcount == 1:
        read = connection.execute("SELECT value FROM counters WHERE name = 'visits'").fetchall()
        value = read[0][0] + int(amount)
        connection.execute("UPDATE counters SET value = ? WHERE name = 'visits'", (value,))
connection.close()
