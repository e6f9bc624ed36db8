#include "harness/history/history.h"

#include <fmt/format.h>

namespace splitproof::harness {

bool same(const Event& left, const Event& right, bool with_parameters) {
  return left.client == right.client && left.statement == right.statement &&
         left.operation == right.operation && left.connection == right.connection &&
         left.kind == right.kind && left.text == right.text && left.answer == right.answer &&
         (!with_parameters || left.parameters == right.parameters);
}

std::string answer_text(const sim::Answer<sim::Rows>& answer, sim::StatementKind kind) {
  if (!answer.ok()) {
    const sim::Error& error = answer.error();
    if (error.kind == sim::ErrorKind::connection_lost) return "no answer: the connection is lost";
    return fmt::format("error {}: {}", error.native_code, error.message);
  }
  if (kind == sim::StatementKind::read)
    return fmt::format("ok, {} rows", answer.value().rows.size());
  if (kind == sim::StatementKind::write) {
    return fmt::format("ok, {} rows affected", answer.value().affected);
  }
  return "ok";
}

}  // namespace splitproof::harness
