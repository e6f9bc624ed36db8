#include "harness/run/initial_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "harness/run/initial_scripts.h"
#include "sim/aggregator/aggregator.h"
#include "sim/aggregator/csv.h"

namespace splitproof::harness {

namespace {

sim::Error invalid(std::string message) {
  return {sim::ErrorKind::invalid, "", std::move(message)};
}

sim::Status as_status(const sim::TransactionEnd& end) {
  if (end.outcome == sim::Outcome::committed) return sim::Done{};
  return end.error.value_or(invalid("no reason was given"));
}

bool kept(const CsvImport& import, const sim::DailyRow& row) {
  const std::string day = sim::to_string(row.date);
  return (import.clients.empty() ||
          std::ranges::find(import.clients, row.client_id) != import.clients.end()) &&
         (import.from.empty() || day >= import.from) && (import.to.empty() || day <= import.to);
}

sim::Answer<std::vector<sim::DailyRow>> rows_of(const CsvImport& import) {
  std::ifstream file(import.path);
  if (!file) return invalid(fmt::format("{} cannot be opened", import.path));
  sim::Result<std::vector<sim::DailyRow>, sim::CsvError> rows =
      sim::read_daily_csv(file, import.path);
  if (!rows.ok()) return invalid(sim::to_string(rows.error()));
  return std::move(rows).value();
}

sim::Status import_csv(const CsvImport& import, sim::Client& client) {
  sim::Answer<std::vector<sim::DailyRow>> rows = rows_of(import);
  if (!rows.ok()) return rows.error();
  std::erase_if(rows.value(), [&](const sim::DailyRow& row) { return !kept(import, row); });
  return as_status(sim::import_daily(client, rows.value()));
}

sim::Error refused(const sim::Error& error, const InitialData& data, std::size_t statement) {
  std::string message;
  if (statement < data.sql_places.size()) {
    const SourcePlace& place = data.sql_places[statement];
    message = fmt::format("{}:{}:{}: ", place.file, place.line, place.column);
  }
  message +=
      fmt::format("found '{}'; expected a statement that the database accepts, but it says: {}",
                  data.sql[statement], error.message);
  return {error.kind, error.native_code, message};
}

sim::Status run_statements(const InitialData& data, sim::Client& client) {
  const sim::Answer<sim::Session*> session = client.session();
  if (!session.ok()) return session.error();
  for (std::size_t i = 0; i < data.sql.size(); ++i) {
    const sim::Answer<sim::Rows> answer = session.value()->execute(data.sql[i]);
    if (!answer.ok()) return refused(answer.error(), data, i);
  }
  return sim::Done{};
}

}  // namespace

std::string unusable_files(const InitialData& data) {
  for (const std::string& script : data.scripts) {
    std::error_code failure;
    if (!std::filesystem::is_regular_file(script, failure)) {
      return fmt::format("the script {} is not there; expected a file of SQL statements", script);
    }
    if (!std::ifstream(script)) {
      return fmt::format("the script {} cannot be read; expected a file that I may read", script);
    }
  }
  for (const CsvImport& import : data.imports) {
    const sim::Answer<std::vector<sim::DailyRow>> rows = rows_of(import);
    if (!rows.ok()) return rows.error().message;
  }
  return "";
}

sim::Status write_initial_data(const InitialData& data, sim::Engine& engine, sim::Clock& clock,
                               const std::string& address) {
  for (const std::string& script : data.scripts) {
    sim::Status run = run_initial_script(script, engine, address);
    if (!run.ok()) return run;
  }
  sim::Rng rng(1);
  sim::Client client(engine, clock, rng);
  if (data.aggregator_schema) {
    sim::Status created = as_status(sim::create_schema(client));
    if (!created.ok()) return created;
  }
  for (const CsvImport& import : data.imports) {
    sim::Status imported = import_csv(import, client);
    if (!imported.ok()) return imported;
  }
  return run_statements(data, client);
}

}  // namespace splitproof::harness
