#include "harness/cli/options.h"

namespace splitproof::harness {

namespace {

constexpr const char* of_scenarios =
    R"(splitproof checks that a data pipeline cannot leave its data split.

Usage:
  splitproof list                     the scenarios, their variants and targets
  splitproof run [SCENARIO|FILE...]   run cases; without names: every documented case;
                                      isolation-table: which anomalies the engines let happen
      --target TARGET      sqlite (the default), postgres (a throw-away server, started and
                           removed for this run), or postgresql://...; may be given again
      --variant NAME       only this variant; default: all
      --seed N             where chance starts from; default: 1
      --strategy NAME      which orders of several sessions are run: auto (the default: reduced,
                           and pct where half of the budget is not enough for it), reduced (one
                           of all that differ only in steps that do not touch each other),
                           exhaustive (all), pct, random, bounded (few preemptions)
      --depth N            of pct: how many steps must come in one order for the bug to show,
                           default: 3; of bounded: preemptions at most, default: 2
      --faults N           how many faults strike at a time while sessions are at work at once:
                           0, 1 or 2; default: 1 on sqlite, 0 on a server
      --budget N|TIME      orders of each case at most, default: 20000; or stop after this time:
                           500ms, 60s, 5m, default: no bound; may be given once as either
      --timeout TIME       a statement that runs longer is ended, and its case is inconclusive;
                           default: 60s
      --jobs N             cases at a time; default: one for each processor
      --strict             a warning counts as a failure
      --plan LINE          one run of one case under this plan: 'clean', or strikes such as
                           'a3=drop', 'a5+=error:53100' (+: from there on), 'a4=kill',
                           'a4=drop retry a2=throw', or an order of sessions: 'order=a2b3a'
      --baseline DIR       run the plans kept in DIR/*.plan first; one that fails ends the run
      --out DIR            where the report goes; default: splitproof-report
      --progress WHEN      auto (the default: on a terminal) or never
      --annotations WHEN   workflow commands for GitHub on standard output: auto (the default:
                           where GITHUB_ACTIONS is true), github, never
      --quiet              nothing on standard output; the report and the exit code tell
      --sign KEY           sign the report's MANIFEST by ssh-keygen, with this private key
      --redact COLUMN      mask the values of a column, NAME or TABLE.NAME, in all that is written;
                           equal values have equal masks; may be given again
      --color WHEN         auto (the default: on a terminal), never, always)";

constexpr const char* of_programs = R"(
  splitproof run --command CMD...     run any program, as a shell does, without a scenario file; it
                                      finds its database by DATABASE_URL, PGHOST, ... or
                                      SQLITE_PATH, and ends with 0 where all is done
      --command CMD        given again, up to 8 times: sessions at once
      --setup FILE         SQL to run first; may be given again, in order
      --invariant FILE     a query that returns the rows that must not be there; may be given again
      --env NAME=VALUE     for the program; may be given again; the value stands in the report,
                           unless NAME sounds like a secret (PASSWORD, TOKEN, API_KEY, ...)
      --env NAME           the same, passed on from your environment, and in no report
      --retry N            how often it is run again until it ends with 0; default: 3
      --timeout TIME       a run of it that takes longer is ended; default: 30s
      --own-timeout TIME   how long it waits for an answer itself: answers are withheld, too
      --atomic UNIT        what must be there wholly or not at all: operation (the default: all
                           that one run of it does), or transaction
      --expect WORD        holds (the default), or violated: it is known to be broken
      and the options above but --variant)";

constexpr const char* of_the_rest = R"(
  splitproof run FILE.spec...         run specs of PostgreSQL's isolationtester: every permutation
      --target TARGET      postgres (the default: a throw-away server), or postgresql://...
      --timeout TIME       a step that takes longer is cancelled, and its permutation is
                           inconclusive; default: 5m
      --format FORM        text (the default: a line for each permutation), or isolation: what
                           isolationtester itself prints
      --strict, --quiet    as above
  splitproof simulate                 live the service through days of faults in simulated time,
                                      on SQLite on a simulated disk, with a model as the judge
      --days N             default: 365
      --clients N          default: 16
      --seed N             the life's seed; default: 1
      --seeds N            so many lives, from that seed on; default: 1
      --minutes N          more lives until so many minutes are over
      --variant NAME       the code before (autocommit), or another broken form of the service
      --plan LINE          the life with these faults instead of those that are drawn: 'clean', or
                           DAY.STEP=FAULT such as '31.17=kill:3 31.20=drop'
      --out DIR            write DIR/simulate.json
  splitproof replay FINDING           show a finding again, step by step: its id (with --out), or
                                      PATH/report.json#ID
      --out DIR            the report that holds the id; default: splitproof-report
      --target TARGET      replay it there; default: where it was found
      --color WHEN         auto (the default), never, always
  splitproof report DIR               show the report in DIR again
      --compare OLD        what appeared since the report in OLD, what was mended, and what is
                           not swept any more, instead
      --html FILE          write its page to FILE, outside of DIR; with --compare, that too
      --color WHEN         auto (the default), never, always
  splitproof verify DIR               check the report in DIR: whether its files are as they were
                                      written; then run its findings, and a sample of what broke
                                      nothing, again
      --offline            without a database: judge each run again from what is written down
      --sample N           so many runs of each case that broke nothing; default: 5
      --seed N             draws them; default: 1
      --root ROOT          the root of MANIFEST, as the run printed it
      --signers FILE       who may have signed it: allowed signers, as ssh-keygen reads them
  splitproof explain                  which plans of a report leave the damage of an incident's
                                      rows, and which kinds of fault never do
      --state FILE.csv     the rows, with a header, of any table that has the columns
      --table NAME=FILE    the rows of this table; both may be given again
      --out DIR            the report; default: splitproof-report
  splitproof --version                the version
  splitproof --help                   this text

Examples:
  splitproof run
  splitproof run august-september-split --target sqlite --target postgres
  splitproof run my-case.yaml --variant autocommit --budget 5m
  splitproof run balance-transfer --variant autocommit --plan 'a3=drop'
  splitproof run --target postgres --setup schema.sql --command 'node app.mjs'
  splitproof run specs/lost-update.spec --format isolation
  splitproof simulate --days 365
  splitproof replay balance-transfer.autocommit.sqlite.1
  splitproof verify splitproof-report
  splitproof explain --table campaign_summaries=bad.csv

Exit codes:
  0  every case passes
  1  some case fails
  2  no failure, but some case is inconclusive, unstable, vacuous or not run
  3  usage, or an input file that cannot be used
  4  the environment failed: no server program, no port, disk full, or a bug of splitproof
  130, 143  stopped by SIGINT or SIGTERM; the report so far is written
)";

}  // namespace

std::string usage() { return std::string(of_scenarios) + of_programs + of_the_rest; }

}  // namespace splitproof::harness
