# Sums up a month: sh broken.sh MONTH
#
# Broken: psql sends each statement as a transaction of its own, goes on after an error, and exits
# with 0 whatever happened. When the sums fail, the month is done all the same.
exec psql -X -q -v month="$1" -f month.sql
