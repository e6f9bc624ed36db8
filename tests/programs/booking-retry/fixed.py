# Books a room, and tries again when the connection is lost: python3 fixed.py REFERENCE KIND GUEST
#
# Right: the booking carries a reference that the caller chose before the first attempt. Where an
# attempt was committed and nobody heard of it, the next one finds the reference and is done.
import os
import sys
from contextlib import closing

import psycopg2


def book(reference, kind, guest):
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bookings (reference, kind, guest) VALUES (%s, %s, %s)"
                " ON CONFLICT (reference) DO NOTHING",
                (reference, kind, guest),
            )
            if cursor.rowcount == 1:
                cursor.execute("UPDATE rooms SET free = free - 1 WHERE kind = %s", (kind,))


for attempt in range(1, 4):
    try:
        book(*sys.argv[1:])
        sys.exit(0)
    except psycopg2.OperationalError as error:
        print(f"attempt {attempt} failed: {error}", file=sys.stderr)
sys.exit(1)
