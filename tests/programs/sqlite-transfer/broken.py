# Transfers money in an SQLite file: python3 broken.py REFERENCE PAYER PAYEE AMOUNT_MINOR
#
# Broken: isolation_level=None means auto-commit, where each statement is a transaction. When the
# program ends between them, the transfer is noted and the money is not where it belongs.
import os
import sqlite3
import sys

reference, payer, payee, amount = sys.argv[1:]
connection = sqlite3.connect(os.environ["SQLITE_PATH"], isolation_level=None)


def change(account, by):
    connection.execute(
        "UPDATE accounts SET balance_minor = balance_minor + ? WHERE name = ?", (by, account)
    )


saved = connection.execute(
    "INSERT INTO transfers (reference, payer, payee, amount_minor) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (reference) DO NOTHING",
    (reference, payer, payee, int(amount)),
)
if saved.rowcount == 1:
    change(payer, -int(amount))
    change(payee, int(amount))
connection.close()
