// A program's connection, as the harness may speak on it while the program waits for the fate of
// what it has asked.
#pragma once

#include <functional>

#include "harness/wire/link.h"
#include "sim/sql/session.h"

namespace splitproof::harness {

class WireSession final : public sim::Session {
 public:
  // Asks the server and answers its reply; none where the connection is lost.
  using Ask = std::function<std::optional<WireReply>(const std::string& sql)>;
  explicit WireSession(Ask ask) : ask_(std::move(ask)) {}

  // All values are texts. Statements with parameters are refused.
  sim::Answer<sim::Rows> execute(const sim::Statement& statement) override;

 private:
  Ask ask_;
};

}  // namespace splitproof::harness
