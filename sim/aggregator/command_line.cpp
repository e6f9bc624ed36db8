#include "sim/aggregator/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "sim/aggregator/schema.h"

namespace splitproof::sim {

namespace {

constexpr std::string_view footer =
    R"(Every operation is one transaction. Running one again is harmless, except `add`.

Exit codes:
  0  committed
  1  aborted: the database refused or failed; nothing was changed
  2  indeterminate: the answer to COMMIT was lost; run it again
  3  the request or an input file cannot be used; nothing was changed

Examples:
  aggregator --db sqlite:service.db init
  aggregator --db sqlite:service.db import daily.csv
  aggregator --db sqlite:service.db aggregate --today 2025-09-01
  aggregator --db sqlite:service.db aggregate --today 2025-08-31T23:30:00Z --timezone Europe/Warsaw
  aggregator --db postgresql:///service show campaign_summaries)";

// The arguments as they were written, before anything is understood.
struct Texts {
  std::string database, today, timezone = "UTC", file, day, month, reference, account, from, to;
  std::string amount, counter, table;
  std::int64_t number = 0;
  std::int64_t rows_max = 100;
};

struct CommandName {
  Command command;
  const char* name;
  const char* help;
};

constexpr std::array command_names = {
    CommandName{Command::init, "init", "create the tables that are missing"},
    CommandName{Command::import, "import", "save daily rows from a CSV file"},
    CommandName{Command::collect, "collect", "save the daily rows of one day, and log it"},
    CommandName{Command::book, "book",
                "count a delivery of reservations on the days of the clients' own time zones"},
    CommandName{Command::aggregate, "aggregate", "sum up a month; needs --today"},
    CommandName{Command::refresh_cache, "refresh-cache",
                "replace the dashboards' cache; needs --today"},
    CommandName{
        Command::retention, "retention",
        "delete daily rows older than 90 days of months that are aggregated; needs --today"},
    CommandName{Command::open_account, "open-account", "open an account of the ledger"},
    CommandName{Command::post, "post", "book one amount on one account"},
    CommandName{Command::transfer, "transfer", "move an amount from one account to another"},
    CommandName{Command::add, "add", "add to a counter"},
    CommandName{Command::show, "show", "show a table, or how many rows each has"},
};

std::string known_commands() {
  std::string names;
  for (const CommandName& command : command_names) {
    names += fmt::format("{} {}", names.empty() ? "expected one of" : ",", command.name);
  }
  return names;
}

void add_options(CLI::App& sub, Command command, Texts& texts) {
  const auto required = [&](const char* name, std::string& target, const char* help) {
    sub.add_option(name, target, help)->required();
  };
  const auto booking = [&] {
    required("--reference", texts.reference, "names the movement; it is booked once");
  };
  switch (command) {
    case Command::init:
    case Command::refresh_cache:
    case Command::retention:
      break;
    case Command::import:
      required("FILE", texts.file, "a CSV file of daily rows");
      break;
    case Command::collect:
      required("FILE", texts.file, "a CSV file of daily rows, all of that day");
      required("--day", texts.day, "the day, YYYY-MM-DD");
      break;
    case Command::book:
      required("FILE", texts.file, "a CSV file of reservations");
      required("--reference", texts.reference, "names the delivery; it is counted once");
      break;
    case Command::aggregate:
      sub.add_option("--month", texts.month, "YYYY-MM; default: the month before today");
      break;
    case Command::open_account:
      required("--account", texts.account, "its name");
      sub.add_option("--amount", texts.amount, "its balance, for example 12.34; default 0.00");
      break;
    case Command::post:
      booking();
      required("--account", texts.account, "the account");
      required("--amount", texts.amount, "for example 12.34 or -12.34");
      break;
    case Command::transfer:
      booking();
      required("--from", texts.from, "the payer's account");
      required("--to", texts.to, "the payee's account");
      required("--amount", texts.amount, "for example 12.34");
      break;
    case Command::add:
      required("--counter", texts.counter, "the counter's name; one that is not there begins at 0");
      sub.add_option("--amount", texts.number, "a whole number")->required();
      break;
    case Command::show:
      sub.add_option("TABLE", texts.table, "one of the service's tables");
      sub.add_option("--rows", texts.rows_max, "how many rows at most; default 100")
          ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}));
      break;
  }
}

NoRequest wrong(std::string message) { return {exit_usage, std::move(message)}; }

// The result's value, or the reason thrown as a CLI::ParseError under the option's name.
template <class T>
T value_of(const char* option, Result<T, PeriodError> parsed) {
  if (!parsed.ok()) throw CLI::ValidationError(option, parsed.error().message);
  return std::move(parsed).value();
}

Day understand_today(const Texts& texts) {
  if (texts.today.empty()) {
    throw CLI::ValidationError(
        "--today", "is missing; this operation needs a day, or an instant to tell it from");
  }
  const TimeZone zone = value_of("--timezone", TimeZone::find(texts.timezone));
  if (texts.today.find('T') == std::string::npos) {
    return value_of("--today", parse_day(texts.today));
  }
  return zone.day_at(value_of("--today", parse_instant(texts.today)));
}

Money understand_amount(const std::string& text) {
  const auto amount = parse_money(text);
  if (!amount) {
    throw CLI::ValidationError("--amount",
                               fmt::format("'{}' is not an amount; expected one like 12.34", text));
  }
  return *amount;
}

void understand_table(const std::string& name) {
  const auto tables = table_names();
  if (name.empty() || std::ranges::find(tables, name, &TableName::name) != tables.end()) return;
  std::string known;
  for (const TableName& table : tables) known += fmt::format(" {}", table.name);
  throw CLI::ValidationError("TABLE",
                             fmt::format("unknown table '{}'; expected one of{}", name, known));
}

void understand_database(const std::string& database) {
  const auto begins = [&](std::string_view scheme) {
    return database.starts_with(scheme) && database.size() > scheme.size();
  };
  if (begins("sqlite:") || begins("postgresql://") || begins("postgres://")) return;
  throw CLI::ValidationError(
      "--db", "expected sqlite:FILE or postgresql://USER@HOST/DATABASE (or DATABASE_URL set so)");
}

// Understands what the command needs, and nothing else.
Request understand(Command command, std::string name, const Texts& texts) {
  understand_database(texts.database);
  Request request;
  request.command = command;
  request.title = std::move(name);
  request.database = texts.database;
  request.file = texts.file;
  request.reference = texts.reference;
  request.account = texts.account;
  request.from = texts.from;
  request.to = texts.to;
  request.counter = texts.counter;
  request.number = texts.number;
  request.table = texts.table;
  request.rows_max = texts.rows_max;
  understand_table(texts.table);
  if (!texts.amount.empty()) request.amount = understand_amount(texts.amount);
  if (command == Command::collect) {
    request.day = value_of("--day", parse_day(texts.day));
    request.title += " " + to_string(request.day);
  }
  if (command == Command::aggregate || command == Command::refresh_cache ||
      command == Command::retention) {
    request.today = understand_today(texts);
  }
  if (command == Command::aggregate) {
    request.month = texts.month.empty() ? month_of(request.today).previous()
                                        : value_of("--month", parse_month(texts.month));
    request.title += " " + to_string(request.month);
  }
  return request;
}

}  // namespace

Result<Request, NoRequest> understand_arguments(int argc, const char* const* argv) {
  Texts texts;
  CLI::App app("Collects the daily figures of advertising clients and sums them up by month.",
               "aggregator");
  app.footer(std::string(footer));
  app.fallthrough();
  app.require_subcommand(0, 1);
  app.add_option("--db", texts.database, "sqlite:FILE or postgresql://USER@HOST/DATABASE")
      ->envname("DATABASE_URL");
  app.add_option("--today", texts.today,
                 "a day, or an instant like 2025-08-31T23:30:00+02:00, which --timezone turns into "
                 "a day; never read from the machine's clock");
  app.add_option("--timezone", texts.timezone, "name of the service's time zone; default UTC");
  for (const auto& [command, name, help] : command_names) {
    add_options(*app.add_subcommand(name, help), command, texts);
  }
  try {
    app.parse(argc, argv);
    if (app.get_subcommands().empty()) return wrong("no command is given; " + known_commands());
    const std::string name = app.get_subcommands().front()->get_name();
    const auto known = std::ranges::find_if(
        command_names, [&](const CommandName& each) { return name == each.name; });
    return understand(known->command, name, texts);
  } catch (const CLI::CallForHelp&) {
    return NoRequest{exit_committed, app.help()};
  } catch (const CLI::ParseError& error) {
    if (const auto unknown = app.remaining(); !unknown.empty() && app.get_subcommands().empty()) {
      return wrong(fmt::format("unknown command '{}'; {}", unknown.front(), known_commands()));
    }
    return wrong(without_password(error.what(), texts.database) + " (see aggregator --help)");
  }
}

std::string without_password(std::string text, const std::string& database) {
  const std::size_t scheme = database.find("://");
  if (scheme == std::string::npos) return text;
  std::vector<std::string> secrets;
  // USER:PASSWORD@ ends at the last @ before the path; a password may hold one by mistake.
  const std::size_t path = std::min(database.find('/', scheme + 3), database.size());
  const std::size_t at = database.rfind('@', path);
  const std::size_t colon = database.find(':', scheme + 3);
  if (at != std::string::npos && colon < at) {
    secrets.push_back(database.substr(colon + 1, at - colon - 1));
  }
  for (const std::string_view key : {"?password=", "&password="}) {
    const std::size_t found = database.find(key);
    if (found == std::string::npos) continue;
    const std::size_t first = found + key.size();
    secrets.push_back(database.substr(first, database.find('&', first) - first));
  }
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    for (std::size_t at_text = text.find(secret); at_text != std::string::npos;
         at_text = text.find(secret, at_text + 3)) {
      text.replace(at_text, secret.size(), "***");
    }
  }
  return text;
}

}  // namespace splitproof::sim
