#include "harness/program/wire_session.h"

namespace splitproof::harness {

sim::Answer<sim::Rows> WireSession::execute(const sim::Statement& statement) {
  if (!statement.parameters().empty()) {
    return sim::Error{sim::ErrorKind::invalid, "", "a program's connection takes no parameters"};
  }
  const std::optional<WireReply> reply = ask_(statement.text());
  if (!reply) {
    return sim::Error{sim::ErrorKind::connection_lost, "08006", "the connection is lost"};
  }
  const WireAnswer& answer = reply->answer;
  if (answer.end == WireEnd::refused) {
    return sim::Error{sim::kind_of_code(answer.error.code), answer.error.code,
                      answer.error.message};
  }
  sim::Rows rows;
  for (const auto& from : reply->rows) {
    sim::Row row;
    for (const std::optional<std::string>& value : from) {
      if (value) {
        row.emplace_back(*value);
      } else {
        row.emplace_back(sim::Null{});
      }
    }
    rows.rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace splitproof::harness
