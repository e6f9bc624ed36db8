#include "harness/run/finding_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <sstream>
#include <vector>

#include "harness/run/program_spec.h"
#include "sim/aggregator/schema.h"
#include "sim/sql/quoted_name.h"

namespace splitproof::harness {
namespace {

// What somebody at the terminals sees, in order.
struct Moment {
  const Event* event = nullptr;
  enum class What { answered, waits, goes_on } what = What::answered;
};

std::vector<const Event*> first_attempts(const RunRecord& run) {
  std::vector<const Event*> events;
  for (const Event& event : run.history.events) {
    if (!event.retry) events.push_back(&event);
  }
  return events;
}

bool can_be_told(const RunRecord& run, const Scenario& scenario) {
  const std::vector<const Event*> events = first_attempts(run);
  std::set<char> clients;
  for (const Event* const event : events) clients.insert(event->client);
  return run.interleaved && clients.size() == 2 && scenario.data.imports.empty() &&
         scenario.data.scripts.empty() && !runs_programs(scenario) && run.plan.strikes.empty() &&
         std::ranges::none_of(run.plan.order, &Turn::refused) &&
         std::ranges::all_of(events, [](const Event* event) {
           return event->connection == 1 && event->struck.empty() && event->statement != 0;
         });
}

// Events are written down when they are answered; one that waited was sent before.
std::vector<Moment> moments_of(const std::vector<const Event*>& events) {
  std::vector<Moment> moments;
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (std::size_t j = events.size(); j-- > i;) {
      const bool waits = !events[j]->waited_for.empty() && events[j]->sent == i;
      if (waits) moments.push_back({events[j], Moment::What::waits});
    }
    const bool waited = !events[i]->waited_for.empty();
    moments.push_back({events[i], waited ? Moment::What::goes_on : Moment::What::answered});
  }
  return moments;
}

std::string as_comment(const std::string& text, const char* begin) {
  std::istringstream lines(text);
  std::string comment;
  for (std::string line; std::getline(lines, line);) {
    comment += line.empty() ? fmt::format("{}\n", begin) : fmt::format("{} {}\n", begin, line);
  }
  return comment;
}

std::vector<std::string> data_of(const Scenario& scenario, bool postgres) {
  std::vector<std::string> statements;
  if (scenario.data.aggregator_schema) {
    const auto dialect = postgres ? sim::Dialect::postgres : sim::Dialect::sqlite;
    for (const sim::Statement& one : sim::schema_statements(dialect)) {
      statements.push_back(one.text());
    }
  }
  std::ranges::copy(scenario.data.sql, std::back_inserter(statements));
  return statements;
}

std::vector<std::string> tables_of(const RunRecord& run) {
  std::vector<std::string> tables;
  for (const auto& [name, table] : run.after->state) tables.push_back(sim::quoted_name(name));
  return tables;
}

std::string selects_of(const std::vector<std::string>& tables, const char* between) {
  std::vector<std::string> selects;
  for (const std::string& table : tables) {
    selects.push_back(fmt::format("SELECT * FROM {} ORDER BY 1;", table));
  }
  return fmt::format("{}", fmt::join(selects, between));
}

std::string isolation_text(const RunRecord& run, const Scenario& scenario,
                           const std::string& heading) {
  std::map<char, std::string> steps;
  std::map<char, int> counts;
  std::string permutation = "permutation";
  for (const Moment& moment : moments_of(first_attempts(run))) {
    if (moment.what == Moment::What::goes_on) continue;
    const Event& event = *moment.event;
    const std::string name = fmt::format("{}{}", event.client, ++counts[event.client]);
    steps[event.client] +=
        fmt::format("step {} {{ {}; }}\n", name, with_literals(event.text, event.parameters));
    permutation += " " + name;
  }
  std::string text;
  for (const std::string& statement : data_of(scenario, true)) {
    text += fmt::format("setup {{ {}; }}\n", statement);
  }
  const std::vector<std::string> tables = tables_of(run);
  text += fmt::format("teardown {{ DROP TABLE {} CASCADE; }}\n", fmt::join(tables, ", "));
  for (const auto& [client, lines] : steps) {
    text += fmt::format("\nsession client_{}\n{}", client, lines);
  }
  text += fmt::format("\nsession afterwards\nstep held {{ {} }}\n", selects_of(tables, " "));
  // The format knows no way to write a closing brace in SQL.
  const auto opened = std::ranges::count(text, '{');
  if (std::ranges::count(text, '}') != opened) return "";
  return as_comment(heading, "#") + "\n" + text + "\n" + permutation + " held\n";
}

std::string terminals_text(const RunRecord& run, const Scenario& scenario, bool postgres,
                           const std::string& heading) {
  std::string text = as_comment(heading, "--");
  text += "--\n-- In two terminals, step by step; who waits is left waiting.\n\n-- Before\n";
  for (const std::string& statement : data_of(scenario, postgres)) text += statement + ";\n";
  int number = 0;
  for (const Moment& moment : moments_of(first_attempts(run))) {
    const Event& event = *moment.event;
    if (moment.what == Moment::What::goes_on) {
      text += fmt::format("-- Terminal {} goes on: {}\n", event.client, event.answer);
      continue;
    }
    text += fmt::format("\n-- {}. Terminal {}\n{};\n-- {}\n", ++number, event.client,
                        with_literals(event.text, event.parameters),
                        moment.what == Moment::What::waits ? "waits" : event.answer);
  }
  return text + "\n-- Afterwards\n" + selects_of(tables_of(run), "\n") + "\n";
}

std::string literal_of(const sim::Value& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) {
    std::string quoted = "'";
    for (const char sign : *text) quoted += sign == '\'' ? std::string("''") : std::string(1, sign);
    return quoted + "'";
  }
  const std::string plain = sim::to_string(value);
  // Two signs in a row would begin a comment.
  return plain.starts_with('-') ? fmt::format("({})", plain) : plain;
}

// Where the quoted text or the comment that begins at `at` ends; `at` itself where none begins.
std::size_t end_of_quoted(const std::string& text, std::size_t at) {
  const auto behind = [&](std::string_view end, std::size_t from) {
    const std::size_t found = text.find(end, from);
    return found == std::string::npos ? text.size() : found + end.size();
  };
  if (text[at] == '\'' || text[at] == '"') return behind(text.substr(at, 1), at + 1);
  if (text.compare(at, 2, "/*") == 0) return behind("*/", at + 2);
  if (text.compare(at, 2, "--") == 0) return behind("\n", at + 2);
  return at;
}

}  // namespace

std::string with_literals(const std::string& text, const std::vector<sim::Value>& parameters) {
  std::string written;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_quoted(text, at);
    if (end > at) {
      written += text.substr(at, end - at);
      at = end;
      continue;
    }
    std::size_t number = 0;
    const char* const first = text.data() + at + 1;
    const auto parsed = std::from_chars(first, text.data() + text.size(), number);
    const bool stands =
        text[at] == '$' && parsed.ec == std::errc{} && number >= 1 && number <= parameters.size();
    written += stands ? literal_of(parameters[number - 1]) : text.substr(at, 1);
    at = stands ? static_cast<std::size_t>(parsed.ptr - text.data()) : at + 1;
  }
  return written;
}

FindingFiles finding_files(const RunRecord& run, const Scenario& scenario,
                           const std::string& target_kind, const std::string& heading) {
  if (!can_be_told(run, scenario)) return {};
  const bool postgres = target_kind == "postgres";
  return {postgres ? isolation_text(run, scenario, heading) : "",
          terminals_text(run, scenario, postgres, heading)};
}

}  // namespace splitproof::harness
