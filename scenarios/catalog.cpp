#include "scenarios/catalog.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "scenarios/arguments.h"
#include "scenarios/month_forms.h"
#include "scenarios/mutants/counters.h"
#include "scenarios/mutants/forms.h"
#include "scenarios/mutants/helpers.h"
#include "sim/aggregator/aggregator.h"
#include "sim/aggregator/csv.h"

namespace splitproof::scenarios {

namespace {

using harness::Operation;
using harness::OperationFactory;
using harness::OperationSpec;
using sim::Client;

Forms steps_forms(const OperationSpec& spec) {
  const std::vector<sim::Statement> steps(spec.steps.begin(), spec.steps.end());
  const auto in_transaction = [&steps](sim::Isolation isolation) {
    return always([steps, isolation](Client& client) {
      sim::TransactionOptions options;
      options.isolation = isolation;
      const auto send_all = [&](sim::Transaction& transaction) -> sim::Status {
        for (const sim::Statement& step : steps) {
          const sim::Answer<sim::Rows> answer = transaction.execute(step);
          if (!answer.ok()) return answer.error();
        }
        return sim::Done{};
      };
      return sim::run_transaction(client, options, send_all);
    });
  };
  return {
      {"transactional", in_transaction(sim::Isolation::serializable)},
      {"read-committed", in_transaction(sim::Isolation::read_committed)},
      {"autocommit",
       always([steps](Client& client) { return autocommit::run_steps(client, steps); })},
      {"commits-early", always([steps](Client& client) { return commit_early(client, steps); })},
      {"leaves-transaction-open",
       always([steps](Client& client) { return leave_transaction_open(client, steps); })}};
}

Forms transfer_forms(Arguments& arguments) {
  const std::string reference = arguments.text("reference");
  const std::string from = arguments.text("from");
  const std::string to = arguments.text("to");
  const sim::Money amount = arguments.money("amount");
  return {
      {"transactional",
       always([=](Client& client) { return sim::transfer(client, reference, from, to, amount); })},
      {"autocommit",
       always([=](Client& client) { return autocommit::transfer(client, from, to, amount); })},
      {"no-reference", always([=](Client& client) {
         return transfer_without_reference(client, from, to, amount);
       })},
      {"loses-a-cent",
       always([=](Client& client) { return lose_a_cent(client, reference, from, to, amount); })}};
}

// The rows that the argument `rows` spells out as CSV.
std::vector<sim::DailyRow> rows_spelled_out(Arguments& arguments) {
  std::istringstream csv(arguments.text("rows"));
  sim::Result<std::vector<sim::DailyRow>, sim::CsvError> rows = sim::read_daily_csv(csv, "rows");
  if (!rows.ok()) throw Refused{sim::to_string(rows.error())};
  return std::move(rows).value();
}

std::vector<sim::DailyRow> rows_of_day(const std::string& path, const sim::Day& day,
                                       const std::string& clients) {
  std::ifstream file(path);
  if (!file) throw Refused{fmt::format("the file {} cannot be opened", path)};
  sim::Result<std::vector<sim::DailyRow>, sim::CsvError> rows = sim::read_daily_csv(file, path);
  if (!rows.ok()) throw Refused{sim::to_string(rows.error())};
  const std::string wanted = fmt::format(",{},", clients);
  std::erase_if(rows.value(), [&](const sim::DailyRow& row) {
    const bool named = wanted.find(fmt::format(",{},", row.client_id)) != std::string::npos;
    return row.date != day || (!clients.empty() && !named);
  });
  if (rows.value().empty()) {
    throw Refused{fmt::format("{} has no row of {}", path, sim::to_string(day))};
  }
  return std::move(rows).value();
}

Forms collect_forms(const OperationSpec& spec, Arguments& arguments) {
  const sim::Day day = arguments.day("day");
  std::vector<sim::DailyRow> rows;
  if (spec.with.contains("rows")) {
    rows = rows_spelled_out(arguments);
  } else {
    const std::filesystem::path folder = std::filesystem::path(spec.place.file).parent_path();
    const std::string path = (folder / arguments.text("file")).string();
    rows = rows_of_day(path, day, arguments.text_or("clients", ""));
  }
  return {{"transactional",
           always([=](Client& client) { return sim::collect_daily(client, day, rows); })},
          {"autocommit",
           always([=](Client& client) { return autocommit::collect_daily(client, day, rows); })},
          {"log-row-first",
           always([=](Client& client) { return write_log_row_first(client, day, rows); })},
          {"counts-again-on-retry",
           always([=](Client& client) { return count_again_on_retry(client, day, rows); })}};
}

// Savepoints need a transaction around them; helpers that open none for the body are exercised
// without, so that their clean run works and only their bug is seen.
Forms helper_forms() {
  const auto with = [](const TransactionRunner& run, bool nested) {
    return always([run, nested](Client& client) { return exercise(client, run, nested); });
  };
  return {{"transactional", with(sim::run_transaction, true)},
          {"opens-no-transaction", with(open_no_transaction, false)},
          {"swallows-error", with(swallow_error, true)},
          {"forgets-rollback", with(forget_rollback, true)},
          {"another-connection", with(use_another_connection, false)},
          {"releases-savepoint", always(exercise_releasing_savepoints)},
          {"retries-blindly", with(retry_blindly, true)}};
}

Forms add_forms(Arguments& arguments) {
  const Addition addition{arguments.text("reference"), arguments.text("counter"),
                          arguments.number("amount")};
  const auto reading = [&addition](const ReadModifyWrite& frame) {
    return always(
        [addition, frame](Client& client) { return add_by_reading(client, addition, frame); });
  };
  using sim::Isolation;
  return {
      {"transactional", reading({})},
      {"repeatable-read", reading({.isolation = Isolation::repeatable_read})},
      {"relative-update",
       always([addition](Client& client) { return add_relatively(client, addition); })},
      {"row-lock", reading({.isolation = Isolation::read_committed, .locks_the_row = true})},
      {"autocommit",
       always([addition](Client& client) { return autocommit::add_by_reading(client, addition); })},
      {"read-committed", reading({.isolation = Isolation::read_committed})},
      {"no-retry",
       reading({.isolation = Isolation::repeatable_read, .attempts_max = 1, .reads_first = true})},
      {"drop-the-lock", reading({.isolation = Isolation::read_committed, .locks_the_row = false})},
      {"read-outside", reading({.reads_outside = true})},
      {"wrong-isolation", reading({.isolation = Isolation::read_committed})},
      {"retries-with-old-value", reading({.isolation = Isolation::repeatable_read,
                                          .reads_first = true,
                                          .keeps_what_it_read = true})}};
}

Forms refresh_forms(Arguments& arguments) {
  const sim::Day today = arguments.day("today");
  return {
      {"transactional", always([=](Client& client) { return sim::refresh_cache(client, today); })},
      {"autocommit",
       always([=](Client& client) { return autocommit::refresh_cache(client, today); })},
      {"truncate", always([=](Client& client) { return truncate_cache(client, today); })}};
}

// Operations that are written in one form only.
Forms only(Operation operation) { return {{"transactional", always(std::move(operation))}}; }

Forms open_account_forms(const OperationSpec&, Arguments& arguments) {
  const std::string account = arguments.text("account");
  const sim::Money balance = arguments.money("balance");
  return only([=](Client& client) { return sim::open_account(client, account, balance); });
}

Forms post_forms(const OperationSpec&, Arguments& arguments) {
  const std::string reference = arguments.text("reference");
  const std::string account = arguments.text("account");
  const sim::Money amount = arguments.money("amount");
  return only([=](Client& client) { return sim::post(client, reference, account, amount); });
}

Forms add_to_counter_forms(const OperationSpec&, Arguments& arguments) {
  const std::string counter = arguments.text("counter");
  const std::int64_t amount = arguments.number("amount");
  return only([=](Client& client) { return sim::add(client, counter, amount); });
}

Forms save_rows_forms(const OperationSpec&, Arguments& arguments) {
  const std::vector<sim::DailyRow> rows = rows_spelled_out(arguments);
  return only([=](Client& client) { return sim::import_daily(client, rows); });
}

using FormsMaker = Forms (*)(const OperationSpec& spec, Arguments& arguments);

const std::map<std::string, FormsMaker, std::less<>>& built_in_operations() {
  static const std::map<std::string, FormsMaker, std::less<>> operations{
      {"add", [](const OperationSpec&, Arguments& arguments) { return add_forms(arguments); }},
      {"add-to-counter", add_to_counter_forms},
      {"aggregate-month", aggregate_forms},
      {"close-month", close_month_forms},
      {"collect-day", collect_forms},
      {"finish-month", finish_month_forms},
      {"helper-exercise", [](const OperationSpec&, Arguments&) { return helper_forms(); }},
      {"open-account", open_account_forms},
      {"post", post_forms},
      {"refresh-cache",
       [](const OperationSpec&, Arguments& arguments) { return refresh_forms(arguments); }},
      {"retention", retention_forms},
      {"save-rows", save_rows_forms},
      {"transfer",
       [](const OperationSpec&, Arguments& arguments) { return transfer_forms(arguments); }},
  };
  return operations;
}

Forms forms_of(const OperationSpec& spec) {
  if (!spec.steps.empty()) return steps_forms(spec);
  const auto operation = built_in_operations().find(spec.run);
  if (operation == built_in_operations().end()) {
    std::string known;
    for (const auto& [name, maker] : built_in_operations()) {
      known += (known.empty() ? "" : ", ") + name;
    }
    throw Refused{fmt::format("found the operation '{}', expected one of: {}", spec.run, known)};
  }
  Arguments arguments(spec);
  Forms forms = operation->second(spec, arguments);
  arguments.finish();
  return forms;
}

}  // namespace

sim::Result<OperationFactory, std::string> find_operation(const OperationSpec& operation,
                                                          const std::string& code) {
  try {
    Forms forms = forms_of(operation);
    const std::string& wanted = operation.code.empty() ? code : operation.code;
    const auto form = forms.find(wanted);
    if (form != forms.end()) return form->second;
    std::string known;
    for (const auto& [name, factory] : forms) known += (known.empty() ? "" : ", ") + name;
    return fmt::format("found code '{}', expected one of: {}", wanted, known);
  } catch (const Refused& refused) {
    return refused.why;
  }
}

}  // namespace splitproof::scenarios
