# Sums up a month: sh fixed.sh MONTH
#
# Right: --single-transaction makes the file one transaction, and ON_ERROR_STOP makes the first
# error end it, with an exit code that says so. One without the other is not enough.
exec psql -X -q --single-transaction -v ON_ERROR_STOP=1 -v month="$1" -f month.sql
