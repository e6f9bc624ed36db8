// Transaction helpers: the real one has this type, and so have the broken ones below. Each is one
// mistake that helpers in real code bases make.
#pragma once

#include <functional>

#include "sim/sql/transaction.h"

namespace splitproof::scenarios {

using TransactionRunner = std::function<sim::TransactionEnd(
    sim::Client&, const sim::TransactionOptions&, const sim::Body&)>;

// Runs the body on the bare session: every statement commits by itself.
sim::TransactionEnd open_no_transaction(sim::Client& client, const sim::TransactionOptions& options,
                                        const sim::Body& body);

// Commits, and says so, whatever the body answered or threw.
sim::TransactionEnd swallow_error(sim::Client& client, const sim::TransactionOptions& options,
                                  const sim::Body& body);

// Leaves the transaction open when the body fails.
sim::TransactionEnd forget_rollback(sim::Client& client, const sim::TransactionOptions& options,
                                    const sim::Body& body);

// Opens the transaction on one connection and gives the body another one.
sim::TransactionEnd use_another_connection(sim::Client& client,
                                           const sim::TransactionOptions& options,
                                           const sim::Body& body);

// Takes a COMMIT without an answer for a failed one and runs the body again.
sim::TransactionEnd retry_blindly(sim::Client& client, const sim::TransactionOptions& options,
                                  const sim::Body& body);

// What the helper is made to do: a look whether it is done already, then a transaction with plain
// statements and, if `nested`, one savepoint that is kept and one that is undone.
sim::TransactionEnd exercise(sim::Client& client, const TransactionRunner& run, bool nested);

// The exercise with a nested() that ends every savepoint by RELEASE, as if nothing had failed in
// it: what was to be undone stays.
sim::TransactionEnd exercise_releasing_savepoints(sim::Client& client);

}  // namespace splitproof::scenarios
