# Loads a day's file, once, and logs it as loaded: python3 fixed.py DATE.csv
#
# Right: the rows and their line in the log are one transaction. The log is written first and its
# key is the day, so that a repetition finds the line and copies nothing.
import os
import sys

import psycopg2

source = sys.argv[1]
date = source.removesuffix(".csv")
connection = psycopg2.connect(os.environ["DATABASE_URL"])
with connection, connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO collection_log (date, source) VALUES (%s, %s) ON CONFLICT (date) DO NOTHING",
        (date, source),
    )
    if cursor.rowcount == 1:
        with open(source, encoding="utf-8") as rows:
            cursor.copy_expert(
                "COPY daily_kpi_data FROM STDIN WITH (FORMAT csv, HEADER true)", rows
            )
connection.close()
