#include "sim/sql/postgres/postgres_error.h"

#include <pqxx/except>
#include <sstream>
#include <string_view>
#include <utility>

namespace splitproof::sim {
namespace {

constexpr std::string_view detail_label = "DETAIL:";

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// "ERROR:  duplicate key …" in whatever language the server speaks: libpq puts a colon and two
// blanks behind the severity.
std::string_view without_severity(std::string_view line) {
  const std::size_t colon = line.find(":  ");
  const std::size_t blank = line.find(' ');
  const bool has_severity = colon != std::string_view::npos && blank == colon + 1;
  return trim(has_severity ? line.substr(colon + 1) : line);
}

Error translate_sql_error(const pqxx::sql_error& error) {
  // libpqxx passes the SQLSTATE on for all but one of these types.
  std::string sqlstate = error.sqlstate();
  if (sqlstate.empty()) {
    // The server names each of its errors. One without a name is libpq's own: the connection is
    // gone, although it does not always say so at once (after an immediate shutdown it does not).
    sqlstate = dynamic_cast<const pqxx::insufficient_privilege*>(&error) ? "42501" : "08006";
  }
  return postgres_error(std::move(sqlstate), message_for_people(error.what()));
}

}  // namespace

Error postgres_error(std::string sqlstate, std::string message) {
  const ErrorKind kind = kind_of_code(sqlstate);
  return {kind, std::move(sqlstate), std::move(message)};
}

Error translate(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const pqxx::serialization_failure& error) {
    return postgres_error("40001", message_for_people(error.what()));
  } catch (const pqxx::deadlock_detected&) {
    // The details name process ids and transaction ids, which differ from run to run.
    return postgres_error("40P01", "deadlock detected");
  } catch (const pqxx::statement_completion_unknown& error) {
    return postgres_error("40003", message_for_people(error.what()));
  } catch (const pqxx::transaction_rollback& error) {
    return postgres_error("40000", message_for_people(error.what()));
  } catch (const pqxx::too_many_connections& error) {
    return postgres_error("53300", message_for_people(error.what()));
  } catch (const pqxx::broken_connection& error) {
    return postgres_error("08006", message_for_people(error.what()));
  } catch (const pqxx::in_doubt_error& error) {
    return postgres_error("08007", message_for_people(error.what()));
  } catch (const pqxx::sql_error& error) {
    return translate_sql_error(error);
  } catch (const pqxx::pqxx_exception& error) {
    return postgres_error("XX000", message_for_people(error.base().what()));
  }
}

std::string message_for_people(const std::string& text) {
  std::istringstream lines(text);
  std::string message;
  std::string line;
  std::getline(lines, line);
  message = without_severity(line);
  while (std::getline(lines, line)) {
    if (line.starts_with(detail_label))
      message.append(": ").append(trim(line.substr(detail_label.size())));
  }
  return message;
}

}  // namespace splitproof::sim
