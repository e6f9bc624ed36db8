# Transfers money: python3 broken.py REFERENCE PAYER PAYEE AMOUNT_MINOR
#
# Broken: the payer's side and the payee's side are sessions of their own, with a commit each.
# Between the two the money is in neither account, and the next attempt believes that it is done.
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


with Session(engine) as session:
    saved = session.execute(
        text(
            "INSERT INTO transfers (reference, payer, payee, amount_minor)"
            " VALUES (:reference, :payer, :payee, :amount) ON CONFLICT (reference) DO NOTHING"
        ),
        transfer,
    )
    if saved.rowcount == 0:
        sys.exit(0)
    change(session, payer, -int(amount))
    session.commit()
with Session(engine) as session:
    change(session, payee, int(amount))
    session.commit()
