# Adds to a counter: python3 broken.py REFERENCE AMOUNT
#
# Broken: at read committed, a transaction alone does not protect what was read. Two of these
# programs read the same value at once, and the second one overwrites what the first has added.
import os
import sys

import psycopg2

reference, amount = sys.argv[1:]
connection = psycopg2.connect(os.environ["DATABASE_URL"])
with connection, connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO additions (reference, amount) VALUES (%s, %s)"
        " ON CONFLICT (reference) DO NOTHING",
        (reference, int(amount)),
    )
    if cursor.rowcount == 1:
        cursor.execute("SELECT value FROM counters WHERE name = 'visits'")
        value = cursor.fetchone()[0] + int(amount)
        cursor.execute("UPDATE counters SET value = %s WHERE name = 'visits'", (value,))
connection.close()
