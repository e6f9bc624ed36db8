# Transfers money in an SQLite file: python3 fixed.py REFERENCE PAYER PAYEE AMOUNT_MINOR
#
# Right: BEGIN IMMEDIATE takes the lock for writing at once, and the block commits at its end or
# rolls back. The caller's reference is a key, so that a repetition finds it and moves nothing.
import os
import sqlite3
import sys

reference, payer, payee, amount = sys.argv[1:]
connection = sqlite3.connect(os.environ["SQLITE_PATH"], isolation_level=None)


def change(account, by):
    connection.execute(
        "UPDATE accounts SET balance_minor = balance_minor + ? WHERE name = ?", (by, account)
    )


with connection:
    connection.execute("BEGIN IMMEDIATE")
    saved = connection.execute(
        "INSERT INTO transfers (reference, payer, payee, amount_minor) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (reference) DO NOTHING",
        (reference, payer, payee, int(amount)),
    )
    if saved.rowcount == 1:
        change(payer, -int(amount))
        change(payee, int(amount))
connection.close()
