# Loads a day's file, once, and logs it as loaded: python3 broken.py DATE.csv
#
# Broken: the rows and their line in the log are two transactions. Between them the rows are there
# and the log knows nothing; the next attempt copies them again, and fails on their keys for ever.
import os
import sys

import psycopg2

source = sys.argv[1]
date = source.removesuffix(".csv")
connection = psycopg2.connect(os.environ["DATABASE_URL"])
cursor = connection.cursor()
cursor.execute("SELECT 1 FROM collection_log WHERE date = %s", (date,))
if cursor.fetchone() is None:
    with open(source, encoding="utf-8") as rows:
        cursor.copy_expert("COPY daily_kpi_data FROM STDIN WITH (FORMAT csv, HEADER true)", rows)
    connection.commit()
    cursor.execute("INSERT INTO collection_log (date, source) VALUES (%s, %s)", (date, source))
connection.commit()
connection.close()
