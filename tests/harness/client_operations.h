// What the client processes of these tests can do: the forms of an operation of SQL steps. This
// test program is their host, too (see main.cpp).
#pragma once

#include <unistd.h>

#include <csignal>

#include "harness/run/operation.h"
#include "tests/harness/experiments.h"

namespace splitproof::harness {

// Sends its statements once in its life, each alone, and believes that to be enough.
inline OperationFactory only_once(const Texts& statements) {
  return [=] {
    return [=, sent = false](sim::Client& client) mutable -> sim::TransactionEnd {
      if (sent) return {sim::Outcome::committed, std::nullopt, 1};
      sent = true;
      return send_each(client, statements);
    };
  };
}

// The steps as one transaction, or each alone, or once only; "exits" and "aborts" end the process
// before the last step, "throws" throws there.
inline sim::Result<OperationFactory, std::string> small_operation(const OperationSpec& spec,
                                                                  const std::string& code) {
  if (code == "transactional") return in_one_transaction(spec.steps);
  if (code == "autocommit") return each_alone(spec.steps);
  const auto after_all_but_the_last = [&spec](auto end) -> OperationFactory {
    const Texts first(spec.steps.begin(), spec.steps.end() - 1);
    return [first, end] {
      return [first, end](sim::Client& client) {
        const sim::TransactionEnd sent = send_each(client, first);
        end();
        return sent;
      };
    };
  };
  if (code == "exits") return after_all_but_the_last([] { ::_exit(7); });
  if (code == "aborts") return after_all_but_the_last([] { ::raise(SIGABRT); });
  if (code == "throws") {
    return after_all_but_the_last([] { throw std::runtime_error("the program gave up"); });
  }
  if (code == "remembers") return only_once(spec.steps);
  return "found code '" + code + "'";
}

}  // namespace splitproof::harness
