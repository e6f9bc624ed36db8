# Saves what the clients' campaigns did on a day, and logs the day as collected:
# python3 fixed.py DATE
#
# Right: the error goes on to whoever called, so that the whole day is rolled back and the program
# fails. Rows are saved by their key, so that a repetition changes nothing.
import os
import sys

import psycopg2

ROWS = [("c01", 30, 1200), ("c02", 12, 800)]

date = sys.argv[1]
connection = psycopg2.connect(os.environ["DATABASE_URL"])
with connection, connection.cursor() as cursor:
    for client, clicks, spend in ROWS:
        cursor.execute("SAVEPOINT one_client")
        try:
            cursor.execute(
                "INSERT INTO daily_kpi_data (client_id, date, clicks, spend_minor)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (client_id, date) DO UPDATE"
                " SET clicks = excluded.clicks, spend_minor = excluded.spend_minor",
                (client, date, clicks, spend),
            )
        except psycopg2.Error as error:
            cursor.execute("ROLLBACK TO SAVEPOINT one_client")
            raise RuntimeError(f"the row of {client} cannot be saved") from error
        cursor.execute("RELEASE SAVEPOINT one_client")
    cursor.execute(
        "INSERT INTO collection_log (date, clients) VALUES (%s, %s)"
        " ON CONFLICT (date) DO UPDATE SET clients = excluded.clients",
        (date, len(ROWS)),
    )
connection.close()
