# Books a room, and tries again when the connection is lost: python3 broken.py REFERENCE KIND GUEST
#
# Broken: when the answer to COMMIT is lost, the booking may have been made. The reference is not
# kept, so that the second attempt cannot tell, and books another room for the same guest.
import os
import sys
from contextlib import closing

import psycopg2


def book(kind, guest):
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO bookings (kind, guest) VALUES (%s, %s)", (kind, guest))
            cursor.execute("UPDATE rooms SET free = free - 1 WHERE kind = %s", (kind,))


for attempt in range(1, 4):
    try:
        book(*sys.argv[2:])
        sys.exit(0)
    except psycopg2.OperationalError as error:
        print(f"attempt {attempt} failed: {error}", file=sys.stderr)
sys.exit(1)
