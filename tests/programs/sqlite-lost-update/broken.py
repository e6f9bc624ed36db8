# Adds to a counter in an SQLite file: python3 broken.py REFERENCE AMOUNT
#
# Broken: the counter is read, and written back in another transaction. Whoever adds between the two
# is overwritten. The reference is not kept, so that a repetition adds a second time.
import os
import sqlite3
import sys

_, amount = sys.argv[1:]
connection = sqlite3.connect(os.environ["SQLITE_PATH"], isolation_level=None)
read = connection.execute("SELECT value FROM counters WHERE name = 'visits'").fetchall()
value = read[0][0] + int(amount)
connection.execute("UPDATE counters SET value = ? WHERE name = 'visits'", (value,))
connection.close()
