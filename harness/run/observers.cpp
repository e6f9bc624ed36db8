#include "harness/run/observers.h"

#include <algorithm>
#include <limits>

namespace splitproof::harness {

namespace {

// Of a program on SQLite: nothing changes by it. Where it recovers a write-ahead log under the
// lock, whoever looked would keep trying for seconds, and the program waits for him.
bool only_locks(const Event& event) { return event.text.starts_with("lock "); }

}  // namespace

bool CommitWatch::may_have_committed(const Event& event) {
  bool& open = open_[{event.client, event.connection}];
  const bool was_open = open;
  switch (event.kind) {
    case sim::StatementKind::begin:
      open = true;
      return false;
    case sim::StatementKind::commit:
      open = false;
      return true;
    case sim::StatementKind::rollback:
      open = false;
      return false;
    case sim::StatementKind::write:
    case sim::StatementKind::release:  // Of SQLite's outermost savepoint.
      return !was_open;
    default:
      return false;
  }
}

void FreshReader::begin(ClientSessions&) {
  watch_ = {};
  sights_.clear();
  look(0);
}

void FreshReader::after(const Event& event, std::size_t events) {
  if (only_locks(event)) return;
  const bool may_differ = watch_.may_have_committed(event);
  if (after_each_ || may_differ) look(events);
}

void FreshReader::look(std::size_t events) {
  sights_.push_back({"fresh", events, events, "", experiment_.look()});
}

SnapshotReader::SnapshotReader(Experiment& experiment)
    : experiment_(experiment),
      session_(expect(experiment.world().open_snapshot(), "a reader cannot be opened")) {
  for (const auto& [name, table] : experiment.initial()->state) tables_.push_back(name);
}

// Its own session is the only thing that could fail; the database ends it in any case.
SnapshotReader::~SnapshotReader() {
  static_cast<void>(experiment_.world().cut(std::move(session_)).ok());
}

void SnapshotReader::split(const std::string& table, std::size_t first, std::size_t second) {
  first_table_ = table;
  first_ = first;
  second_ = second;
}

void SnapshotReader::begin(ClientSessions& sessions) {
  let_go();
  sessions.watch(*session_, [this] { let_go(); });
  sight_ = Sight{first_table_.empty() ? "older-snapshot" : "split-read", 0, 0, first_table_, {}};
  state_.clear();
  done_ = false;
  if (first_table_.empty()) {
    open(0);
    second_ = std::numeric_limits<std::size_t>::max();
  } else if (first_ == 0) {
    open(0);
  }
}

void SnapshotReader::after(const Event&, std::size_t events) {
  if (!first_table_.empty() && events == first_) open(events);
  if (events == second_) read_rest(events);
}

void SnapshotReader::end(std::size_t events) {
  read_rest(events);
  let_go();
}

void SnapshotReader::open(std::size_t events) {
  sight_.opened = sight_.looked = events;
  expect(session_->execute("BEGIN"), "a reader cannot begin");
  open_ = true;
  if (first_table_.empty()) {
    expect(session_->execute("SELECT 1"), "a reader cannot take its snapshot");
  } else if (!read(first_table_)) {
    let_go();
  }
}

void SnapshotReader::read_rest(std::size_t events) {
  if (!open_ || done_) return;
  sight_.looked = events;
  for (const std::string& table : tables_) {
    if (!state_.contains(table) && !read(table)) {
      let_go();
      return;
    }
  }
  sight_.seen = experiment_.look(*session_, std::move(state_));
  done_ = true;
  let_go();
}

// False where a lock keeps the table from being seen.
bool SnapshotReader::read(const std::string& table) {
  sim::Answer<std::shared_ptr<const Table>> content = experiment_.world().table(*session_, table);
  if (!content.ok() && content.error().kind == sim::ErrorKind::conflict) return false;
  state_[table] = expect(std::move(content), "a reader cannot read");
  return true;
}

void SnapshotReader::let_go() {
  if (!open_) return;
  open_ = false;
  expect(session_->execute("ROLLBACK"), "a reader cannot let go");
}

}  // namespace splitproof::harness
