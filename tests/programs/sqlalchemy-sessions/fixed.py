# Transfers money: python3 fixed.py REFERENCE PAYER PAYEE AMOUNT_MINOR
#
# Right: both sides and the transfer itself are one begin() block, committed at its end or not at
# all. The caller's reference is a key, so that a repetition finds it and moves nothing.
import os
import sys

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

reference, payer, payee, amount = sys.argv[1:]
transfer = {"reference": reference, "payer": payer, "payee": payee, "amount": int(amount)}
engine = create_engine(os.environ["DATABASE_URL"])


def change(session, account, by):
    session.execute(
        text("UPDATE accounts SET balance_minor = balance_minor + :by WHERE name = :account"),
        {"account": account, "by": by},
    )


with Session(engine) as session, session.begin():
    saved = session.execute(
        text(
            "INSERT INTO transfers (reference, payer, payee, amount_minor)"
            " VALUES (:reference, :payer, :payee, :amount) ON CONFLICT (reference) DO NOTHING"
        ),
        transfer,
    )
    if saved.rowcount == 1:
        change(session, payer, -int(amount))
        change(session, payee, int(amount))
