#include "scenarios/catalog.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>

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

// Why an operation cannot be bound; thrown inside this file only.
struct Refused {
  std::string why;
};

// The arguments of a built-in operation; each must be there, and none may be left over.
class Arguments {
 public:
  explicit Arguments(const OperationSpec& spec) : spec_(spec), left_(spec.with) {}

  std::string text(const std::string& key) {
    const auto found = left_.find(key);
    if (found == left_.end()) {
      throw Refused{fmt::format("operation '{}' needs the argument '{}'", spec_.run, key)};
    }
    std::string value = found->second;
    left_.erase(found);
    return value;
  }

  std::string text_or(const std::string& key, const std::string& otherwise) {
    return left_.contains(key) ? text(key) : otherwise;
  }

  template <class T, class Parse>
  T parsed(const std::string& key, const Parse& parse) {
    const auto result = parse(text(key));
    if (!result.ok()) throw Refused{fmt::format("argument '{}': {}", key, result.error().message)};
    return result.value();
  }

  sim::Month month(const std::string& key) { return parsed<sim::Month>(key, sim::parse_month); }
  sim::Day day(const std::string& key) { return parsed<sim::Day>(key, sim::parse_day); }

  sim::Money money(const std::string& key) {
    const std::string value = text(key);
    const std::optional<sim::Money> amount = sim::parse_money(value);
    if (!amount) {
      throw Refused{
          fmt::format("argument '{}': found '{}', expected an amount like 12.34", key, value)};
    }
    return *amount;
  }

  void finish() const {
    if (left_.empty()) return;
    throw Refused{
        fmt::format("operation '{}' has no argument '{}'", spec_.run, left_.begin()->first)};
  }

 private:
  const OperationSpec& spec_;
  std::map<std::string, std::string> left_;
};

using Forms = std::map<std::string, OperationFactory, std::less<>>;

OperationFactory always(Operation operation) {
  return [operation = std::move(operation)] { return operation; };
}

Forms steps_forms(const OperationSpec& spec) {
  const std::vector<sim::Statement> steps(spec.steps.begin(), spec.steps.end());
  return {{"transactional", always([steps](Client& client) {
             return sim::run_transaction(
                 client, {}, [&](sim::Transaction& transaction) -> sim::Status {
                   for (const sim::Statement& step : steps) {
                     const sim::Answer<sim::Rows> answer = transaction.execute(step);
                     if (!answer.ok()) return answer.error();
                   }
                   return sim::Done{};
                 });
           })},
          {"autocommit",
           always([steps](Client& client) { return autocommit::run_steps(client, steps); })},
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

Forms aggregate_forms(Arguments& arguments) {
  const sim::Month month = arguments.month("month");
  const sim::Day today = arguments.day("today");
  return {{"transactional",
           always([=](Client& client) { return sim::aggregate_month(client, month, today); })},
          {"autocommit", always([=](Client& client) {
             return autocommit::aggregate_month(client, month, today);
           })},
          {"sequential-upserts",
           always([=](Client& client) { return sequential_upserts(client, month, today); })},
          {"remembers-too-early", [=]() -> Operation {
             return [memory = RemembersTooEarly(), month, today](Client& client) mutable {
               return memory(client, month, today);
             };
           }}};
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
  const std::filesystem::path folder = std::filesystem::path(spec.place.file).parent_path();
  const std::string path = (folder / arguments.text("file")).string();
  const sim::Day day = arguments.day("day");
  const std::vector<sim::DailyRow> rows = rows_of_day(path, day, arguments.text_or("clients", ""));
  return {{"transactional",
           always([=](Client& client) { return sim::collect_daily(client, day, rows); })},
          {"autocommit",
           always([=](Client& client) { return autocommit::collect_daily(client, day, rows); })},
          {"gives-up-at-first", [=]() -> Operation {
             return [memory = GivesUpAtFirst(), day, rows](Client& client) mutable {
               return memory(client, day, rows);
             };
           }}};
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
          {"retries-blindly", with(retry_blindly, true)}};
}

Forms forms_of(const OperationSpec& spec) {
  if (!spec.steps.empty()) return steps_forms(spec);
  Arguments arguments(spec);
  Forms forms;
  if (spec.run == "transfer") {
    forms = transfer_forms(arguments);
  } else if (spec.run == "aggregate-month") {
    forms = aggregate_forms(arguments);
  } else if (spec.run == "collect-day") {
    forms = collect_forms(spec, arguments);
  } else if (spec.run == "helper-exercise") {
    forms = helper_forms();
  } else {
    throw Refused{
        fmt::format("found the operation '{}', expected transfer, aggregate-month, "
                    "collect-day or helper-exercise",
                    spec.run)};
  }
  arguments.finish();
  return forms;
}

}  // namespace

sim::Result<OperationFactory, std::string> find_operation(const OperationSpec& operation,
                                                          const std::string& code) {
  try {
    Forms forms = forms_of(operation);
    const auto form = forms.find(code);
    if (form != forms.end()) return form->second;
    std::string known;
    for (const auto& [name, factory] : forms) known += (known.empty() ? "" : ", ") + name;
    return fmt::format("found code '{}', expected one of: {}", code, known);
  } catch (const Refused& refused) {
    return refused.why;
  }
}

}  // namespace splitproof::scenarios
