#include "harness/predict/rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace splitproof::harness {

namespace {

enum Danger {
  danger_doubling = 1,
  danger_swallowed,
  danger_lost_update,
  danger_apart_in_one_table,
  danger_apart,
};

const Event& event_at(const Steps& steps, std::size_t step) { return *steps.steps[step].event; }

std::string in_words(const Event& event) {
  return fmt::format("statement {} ('{}')", event.statement, event.name);
}

std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

// A transaction that was committed and has written.
struct Unit {
  const PredictTransaction* transaction = nullptr;
  std::vector<std::string> tables;
  const Event* first = nullptr;  // Its first write.
};

std::vector<Unit> units_of(const Steps& steps) {
  std::vector<Unit> units;
  for (const PredictTransaction& transaction : steps.transactions) {
    if (!transaction.committed) continue;
    Unit unit;
    unit.transaction = &transaction;
    for (const std::size_t at : transaction.steps) {
      const PredictStep& step = steps.steps[at];
      if (!step.writes()) continue;
      if (unit.first == nullptr) unit.first = step.event;
      for (const std::string& table : step.reading.writes) {
        if (std::ranges::find(unit.tables, table) == unit.tables.end()) {
          unit.tables.push_back(table);
        }
      }
    }
    if (unit.first != nullptr) units.push_back(std::move(unit));
  }
  std::ranges::stable_sort(units, {}, [](const Unit& unit) { return unit.transaction->end; });
  return units;
}

bool of_one_attempt(const PredictTransaction& left, const PredictTransaction& right) {
  return left.client == right.client && left.attempt == right.attempt;
}

// The second one writes while the first one is open.
bool is_inside(const Unit& outer, const Unit& inner) {
  return outer.transaction->begun && outer.transaction->begin < inner.first->statement &&
         inner.first->statement < outer.transaction->end &&
         outer.transaction->connection != inner.transaction->connection;
}

std::string committed_where(const Steps& steps, const Unit& unit) {
  if (!unit.transaction->begun) return "by itself";
  return "by " + in_words(event_at(steps, unit.transaction->steps.back()));
}

Prediction between(const Steps& steps, const Unit& first, const Unit& second) {
  const bool one_table = first.tables == second.tables && first.tables.size() == 1;
  Prediction one;
  one.kind = "writes-apart";
  one.danger = one_table ? danger_apart_in_one_table : danger_apart;
  one.client = first.transaction->client;
  one.after = first.transaction->end;
  one.statement = second.transaction->end;
  one.because = fmt::format(
      "What {} writes to {} is committed {}, what {} writes to {} only later, {}: whatever strikes "
      "between them leaves the one without the other.",
      in_words(*first.first), listed(first.tables), committed_where(steps, first),
      in_words(*second.first), listed(second.tables), committed_where(steps, second));
  return one;
}

// What the program knew of the table before it wrote it: the last read of it, where nothing keeps
// another session from writing between the two. Null where something does, or there is none. What
// the transaction has locked or written of the table before may be another row; it is taken for the
// same one.
const PredictStep* unprotected_read(const Steps& steps, std::size_t write,
                                    const std::string& table) {
  const PredictTransaction& own = steps.transactions[steps.steps[write].transaction];
  const PredictStep* last = nullptr;
  for (std::size_t at = write; at-- > 0;) {
    const PredictStep& step = steps.steps[at];
    const PredictTransaction& its = steps.transactions[step.transaction];
    if (!step.ok || !of_one_attempt(own, its)) continue;
    const bool reads = std::ranges::count(step.reading.reads, table) > 0;
    const bool writes = std::ranges::count(step.reading.writes, table) > 0;
    const bool in_own = &own == &its;
    if (in_own && (writes || (reads && step.reading.locks))) return nullptr;
    const bool is_last = last == nullptr && reads && step.kind == sim::StatementKind::read;
    if (is_last && in_own && own.keeps_reads) return nullptr;
    if (is_last) last = &step;
  }
  return last;
}

// Whether what the transaction of `failed` wrote, or what came after it, was committed.
bool went_on(const Steps& steps, std::size_t failed) {
  const PredictTransaction& own = steps.transactions[steps.steps[failed].transaction];
  for (std::size_t at = 0; at < steps.steps.size(); ++at) {
    const PredictStep& step = steps.steps[at];
    const PredictTransaction& its = steps.transactions[step.transaction];
    if (!step.writes() || !its.committed || !of_one_attempt(own, its)) continue;
    if (&own == &its || at > failed) return true;
  }
  return false;
}

bool was_sent_again(const Steps& steps, std::size_t failed) {
  const PredictStep& first = steps.steps[failed];
  for (std::size_t at = failed + 1; at < steps.steps.size(); ++at) {
    const PredictStep& step = steps.steps[at];
    if (step.ok && step.reading.text == first.reading.text &&
        step.event->parameters == first.event->parameters &&
        step.event->client == first.event->client && step.event->attempt == first.event->attempt) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Prediction> writes_apart(const Steps& steps) {
  std::vector<Prediction> found;
  const std::vector<Unit> units = units_of(steps);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto of_same = [&](const Unit& other) {
      return of_one_attempt(*units[i].transaction, *other.transaction);
    };
    const auto next =
        std::find_if(units.begin() + static_cast<std::ptrdiff_t>(i) + 1, units.end(), of_same);
    if (next == units.end() || is_inside(*next, units[i]) || is_inside(units[i], *next)) continue;
    found.push_back(between(steps, units[i], *next));
  }
  return found;
}

std::vector<Prediction> several_connections(const Steps& steps) {
  std::vector<Prediction> found;
  const std::vector<Unit> units = units_of(steps);
  for (const Unit& outer : units) {
    for (const Unit& inner : units) {
      const PredictTransaction& whole = *outer.transaction;
      if (!of_one_attempt(whole, *inner.transaction) || !is_inside(outer, inner)) continue;
      if (is_inside(inner, outer) && inner.transaction->begin < whole.begin) continue;
      Prediction one;
      one.kind = "several-connections";
      one.danger = danger_apart;
      one.client = whole.client;
      one.after = std::min(whole.end, inner.transaction->end);
      one.statement = std::max(whole.end, inner.transaction->end);
      one.because = fmt::format(
          "While the transaction of connection {} is open, {} writes to {} on connection {}: that "
          "is committed {}, whatever becomes of the transaction and of {}.",
          whole.connection, in_words(*inner.first), listed(inner.tables),
          inner.transaction->connection, committed_where(steps, inner), listed(outer.tables));
      found.push_back(std::move(one));
    }
  }
  return found;
}

std::vector<Prediction> read_modify_write(const Steps& steps) {
  std::vector<Prediction> found;
  for (std::size_t at = 0; at < steps.steps.size(); ++at) {
    const PredictStep& write = steps.steps[at];
    if (!write.writes() || !write.reading.overwrites) continue;
    if (!steps.transactions[write.transaction].committed) continue;
    for (const std::string& table : write.reading.writes) {
      const PredictStep* read = unprotected_read(steps, at, table);
      if (read == nullptr) continue;
      Prediction one;
      one.kind = "read-modify-write";
      one.danger = danger_lost_update;
      one.client = write.event->client;
      one.after = read->event->statement;
      one.statement = write.event->statement;
      one.because = fmt::format(
          "What another session writes to {} between {}, which takes no lock on it, and {}, which "
          "sets it to a value that the program brings, is lost.",
          table, in_words(*read->event), in_words(*write.event));
      found.push_back(std::move(one));
      break;
    }
  }
  return found;
}

std::vector<Prediction> swallowed_errors(const Steps& steps) {
  std::vector<Prediction> found;
  int last = 0;
  for (std::size_t at = 0; at < steps.steps.size(); ++at) {
    const PredictStep& step = steps.steps[at];
    const Event& event = *step.event;
    if (!step.refused || event.statement == last) continue;
    if (!went_on(steps, at) || was_sent_again(steps, at)) continue;
    last = event.statement;
    Prediction one;
    one.kind = "swallowed-error";
    one.danger = danger_swallowed;
    one.client = event.client;
    one.after = one.statement = event.statement;
    one.because = fmt::format(
        "The answer to {} was '{}', and the work went on and was committed: another error there "
        "may be passed over as well, with what it should have written.",
        in_words(event), event.answer);
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<Prediction> survived_errors(const Steps& steps) {
  using sim::StatementKind;
  std::vector<Prediction> found;
  for (const PredictTransaction& transaction : steps.transactions) {
    const PredictStep* savepoint = nullptr;
    const PredictStep* write = nullptr;
    for (const std::size_t at : transaction.steps) {
      const PredictStep& step = steps.steps[at];
      if (!step.ok || !transaction.committed) continue;
      if (step.writes() && savepoint != nullptr) write = &step;
      const bool begins = step.kind == StatementKind::savepoint;
      if (!begins && step.kind != StatementKind::release) continue;
      if (!begins && write != nullptr) {
        Prediction one;
        one.kind = "swallowed-error";
        one.danger = danger_swallowed;
        one.client = transaction.client;
        one.after = savepoint->event->statement;
        one.statement = write->event->statement;
        one.because = fmt::format(
            "Behind {} the transaction survives an error up to {}: it may be passed over, and the "
            "rest be committed without what {} writes to {}.",
            in_words(*savepoint->event), in_words(*step.event), in_words(*write->event),
            listed(write->reading.writes));
        found.push_back(std::move(one));
      }
      savepoint = begins ? &step : nullptr;
      write = nullptr;
    }
  }
  return found;
}

std::vector<Prediction> doubling_retries(const Steps& steps) {
  std::vector<Prediction> found;
  for (const Unit& unit : units_of(steps)) {
    const std::vector<std::size_t>& own = unit.transaction->steps;
    const auto adds = std::ranges::find_if(own, [&](std::size_t at) {
      return steps.steps[at].writes() && steps.steps[at].reading.adds;
    });
    const bool inserts = std::ranges::any_of(
        own, [&](std::size_t at) { return steps.steps[at].ok && steps.steps[at].reading.inserts; });
    if (adds == own.end() || inserts) continue;
    Prediction one;
    one.kind = "doubling-retry";
    one.danger = danger_doubling;
    one.client = unit.transaction->client;
    one.after = one.statement = unit.transaction->end;
    one.because = fmt::format(
        "If the answer to {} is lost, doing it again counts twice: {} counts on from what {} "
        "holds, and nothing that is committed with it shows that it was done.",
        in_words(event_at(steps, own.back())), in_words(event_at(steps, *adds)),
        listed(steps.steps[*adds].reading.writes));
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace splitproof::harness
