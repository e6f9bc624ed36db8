#include "harness/oracle/server_promise.h"

namespace splitproof::harness {

namespace {

Promise promise_of(const sim::ServerSettings& settings, Breakdown failure) {
  if (!settings.synchronous_commit) {
    return {true, false,
            failure == Breakdown::immediate_stop
                ? "postgresql.org/docs/15/wal-async-commit.html: an immediate-mode shutdown is "
                  "equivalent to a server crash, and loses asynchronous commits that are not yet "
                  "written"
                : "postgresql.org/docs/15/wal-async-commit.html: the last transactions, of up to "
                  "three times wal_writer_delay, may be lost if the database crashes; the state "
                  "stays consistent"};
  }
  if (!settings.fsync) {
    return {true, true,
            "postgresql.org/docs/15/runtime-config-wal.html, fsync: off, it endangers the data in "
            "a power failure or a crash of the system alone"};
  }
  if (!settings.full_page_writes) {
    return {true, true,
            "postgresql.org/docs/15/runtime-config-wal.html, full_page_writes: off, it endangers "
            "the data in a failure of the system alone"};
  }
  return {true, true,
          "postgresql.org/docs/15/wal-async-commit.html: a transaction that is reported to be "
          "committed is preserved, even if the server crashes immediately after"};
}

}  // namespace

Promise promised_after_power_loss(const sim::ServerSettings& settings,
                                  const sim::Persona& persona) {
  if (!settings.fsync) {
    return {
        false, false,
        "postgresql.org/docs/15/runtime-config-wal.html, fsync: off, a power failure or a crash "
        "of the system can corrupt the data beyond recovery"};
  }
  if (!persona.keeps_syncs) {
    return {
        false, false,
        "postgresql.org/docs/15/wal-reliability.html: where the disk reports a write to be done "
        "that is not, as one with a volatile write-back cache does, the data may be corrupted "
        "when the power fails"};
  }
  if (!settings.full_page_writes) {
    return {false, false,
            "postgresql.org/docs/15/runtime-config-wal.html, full_page_writes: off, a failure of "
            "the system can corrupt the data beyond recovery, or silently"};
  }
  if (!settings.synchronous_commit) {
    return {true, false,
            "postgresql.org/docs/15/wal-async-commit.html: the last transactions, of up to three "
            "times wal_writer_delay, may be lost if the database crashes; the state stays "
            "consistent"};
  }
  return {true, true,
          "postgresql.org/docs/15/runtime-config-wal.html, fsync: on, the cluster can recover to a "
          "consistent state after a crash of the system or the hardware; wal-async-commit.html: "
          "and preserves what was told committed"};
}

Promises promised_after_crash(const sim::ServerSettings& settings) {
  Promises promises;
  for (const Breakdown failure :
       {Breakdown::backend_killed, Breakdown::immediate_stop, Breakdown::server_killed}) {
    promises.emplace(failure, promise_of(settings, failure));
  }
  return promises;
}

}  // namespace splitproof::harness
