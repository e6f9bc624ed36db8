# Adds to a counter: python3 fixed.py REFERENCE AMOUNT
#
# Right: FOR UPDATE locks the row before it is read, so that the second program waits for the first
# one and reads what it has written. A repetition finds its reference and adds nothing.
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
        cursor.execute("SELECT value FROM counters WHERE name = 'visits' FOR UPDATE")
        value = cursor.fetchone()[0] + int(amount)
        cursor.execute("UPDATE counters SET value = %s WHERE name = 'visits'", (value,))
connection.close()
