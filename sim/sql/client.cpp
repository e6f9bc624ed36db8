#include "sim/sql/client.h"

#include <utility>

namespace splitproof::sim {

Answer<Session*> Client::session() {
  if (!session_) {
    Answer<std::unique_ptr<Session>> opened = engine_.connect();
    if (!opened.ok()) return opened.error();
    session_ = std::move(opened).value();
  }
  return session_.get();
}

bool Client::enter_transaction() { return !std::exchange(in_transaction_, true); }

}  // namespace splitproof::sim
