#include "sim/aggregator/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <memory>

#include "sim/aggregator/command_line.h"
#include "sim/aggregator/csv.h"
#include "sim/aggregator/show.h"
#include "sim/aggregator/statements.h"
#include "sim/sql/postgres/postgres_engine.h"
#include "sim/sql/sqlite/sqlite_engine.h"

namespace splitproof::sim {
namespace {

// What ends the program before an operation was begun: one line, with the exit code for usage.
struct UnusableInput {
  std::string message;
};

void complain(const std::string& message) { fmt::print(stderr, "aggregator: {}\n", message); }

std::unique_ptr<Engine> open_engine(const Request& request) {
  constexpr std::string_view sqlite = "sqlite:";
  if (!request.database.starts_with(sqlite)) {
    return std::make_unique<PostgresEngine>(request.database);
  }
  return std::make_unique<SqliteEngine>(
      request.database.substr(sqlite.size()),
      SqliteOptions{.busy_wait = std::chrono::seconds{5},
                    .must_exist = request.command != Command::init});
}

// The rows of a CSV file, by the reader of that kind of file.
template <class Read>
auto read_rows(const std::string& file, const Read& read) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw UnusableInput{fmt::format("cannot open {}: {}", file, std::strerror(errno))};
  auto rows = read(in, file);
  if (!rows.ok()) throw UnusableInput{to_string(rows.error())};
  return std::move(rows).value();
}

TransactionEnd show(Client& client, const Request& request, std::string& text) {
  const TransactionOptions options{.access = Access::read_only, .was_committed = {}};
  return run_transaction(client, options, [&](Transaction& transaction) -> Status {
    auto shown = request.table.empty() ? show_overview(transaction)
                                       : show_table(transaction, request.table, request.rows_max);
    if (!shown.ok()) return shown.error();
    text = std::move(shown).value();
    return Done{};
  });
}

// What is tracked of the month. It is read after the aggregation was committed, so that a failure
// here changes nothing about the outcome and is passed over.
std::string tracked(Client& client, const Month& month) {
  std::string text;
  const TransactionOptions options{.access = Access::read_only, .was_committed = {}};
  const auto end = run_transaction(client, options, [&](Transaction& transaction) -> Status {
    const auto found = transaction.execute(look_up_tracking(month));
    if (!found.ok()) return found.error();
    text = found.value().rows.empty()
               ? ", but there are no daily rows of this month"
               : fmt::format(", {} clients, {} daily rows", to_string(found.value().rows[0][0]),
                             to_string(found.value().rows[0][1]));
    return Done{};
  });
  return end.outcome == Outcome::committed ? text : "";
}

// Runs the operation; `text` is what a success prints.
TransactionEnd run(Client& client, const Request& request, const Service& service,
                   std::string& text) {
  text = request.title + ": committed\n";
  const auto with_file = [&](const auto& read, const auto& operation) {
    const auto rows = read_rows(request.file, read);
    text = fmt::format("{}: committed, {} row{}\n", request.title, rows.size(),
                       rows.size() == 1 ? "" : "s");
    return operation(rows);
  };
  switch (request.command) {
    case Command::init:
      return create_schema(client);
    case Command::import:
      return with_file(read_daily_csv,
                       [&](const auto& rows) { return import_daily(client, rows); });
    case Command::collect:
      return with_file(read_daily_csv, [&](const auto& rows) {
        return service.collect_daily(client, request.day, rows);
      });
    case Command::book:
      return with_file(read_reservations_csv, [&](const auto& rows) {
        return book_reservations(client, request.reference, rows);
      });
    case Command::aggregate: {
      TransactionEnd end = service.aggregate_month(client, request.month, request.today);
      if (end.outcome == Outcome::committed) {
        text = fmt::format("{}: committed{}\n", request.title, tracked(client, request.month));
      }
      return end;
    }
    case Command::refresh_cache:
      return refresh_cache(client, request.today);
    case Command::retention:
      return apply_retention(client, request.today);
    case Command::open_account:
      return open_account(client, request.account, request.amount);
    case Command::post:
      return post(client, request.reference, request.account, request.amount);
    case Command::transfer:
      return service.transfer(client, request.reference, request.from, request.to, request.amount);
    case Command::add:
      return add(client, request.counter, request.number);
    case Command::show:
      return show(client, request, text);
  }
  return {};
}

// Adds what to do where the message of the database does not say it.
std::string advice_for(const Error& error) {
  const bool not_initialised = error.native_code == "42P01" ||
                               error.native_code == "SQLITE_CANTOPEN" ||
                               error.message.find("no such table") != std::string::npos;
  return not_initialised ? " (`aggregator init` makes a new database)" : "";
}

int report_aborted(const Request& request, const TransactionEnd& end) {
  const Error error = end.error.value_or(Error{});
  // No attempt was made when the request itself was refused.
  const bool refused = end.attempts == 0;
  const std::string code = error.native_code.empty() ? "" : " [" + error.native_code + "]";
  const std::string advice = request.command == Command::init ? "" : advice_for(error);
  complain(without_password(fmt::format("{}: {}: {}{}{}", request.title,
                                        refused ? "refused" : "aborted, nothing was changed",
                                        error.message, code, advice),
                            request.database));
  return refused ? exit_usage : exit_aborted;
}

int report_indeterminate(const Request& request, const TransactionEnd& end) {
  const std::string reason = end.error ? " (" + end.error->message + ")" : "";
  complain(without_password(
      fmt::format(
          "{}: indeterminate: the answer to COMMIT was lost{}, so that nobody knows yet "
          "whether it was committed. {}",
          request.title, reason,
          request.command == Command::add
              ? "Look at `aggregator show counters` before you run it again: a counter "
                "would be added to twice."
              : "Run it again: that is harmless if it was, and completes it if it was not."),
      request.database));
  return exit_indeterminate;
}

int run_program(int argc, const char* const* argv, const Service& service) {
  const auto understood = understand_arguments(argc, argv);
  if (!understood.ok()) {
    const NoRequest& why = understood.error();
    if (why.exit_code == exit_committed) {
      fmt::print("{}", why.text);
    } else {
      complain(why.text);
    }
    return why.exit_code;
  }
  const Request& request = understood.value();
  const std::unique_ptr<Engine> engine = open_engine(request);
  SystemClock clock;
  // Only the length of pauses between attempts depends on it; processes that meet should differ.
  Rng rng(static_cast<std::uint64_t>(::getpid()));
  Client client(*engine, clock, rng);
  std::string text;
  const TransactionEnd end = run(client, request, service, text);
  switch (end.outcome) {
    case Outcome::committed:
      fmt::print("{}", text);
      return exit_committed;
    case Outcome::aborted:
      return report_aborted(request, end);
    case Outcome::indeterminate:
      return report_indeterminate(request, end);
  }
  return exit_aborted;
}

}  // namespace

int aggregator_main(int argc, const char* const* argv, const Service& service) {
  try {
    return run_program(argc, argv, service);
  } catch (const UnusableInput& input) {
    complain(input.message);
    return exit_usage;
  } catch (const std::exception& error) {
    complain(fmt::format("stopped by an unexpected error: {}", error.what()));
    return exit_aborted;
  }
}

}  // namespace splitproof::sim
