#include "harness/run/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "harness/run/counterfactual.h"
#include "harness/run/dealings_watch.h"
#include "harness/run/program_spec.h"

namespace splitproof::harness {

namespace {

// Enough for hundreds of rows that several sessions write; what is beyond is told as a gap. Each
// question looks at all rows, so of large tables fewer are asked: some seconds' worth.
constexpr std::int64_t questions_max = 4000;
constexpr std::int64_t questions_min = 10;
constexpr std::int64_t rows_looked_at_max = 400'000;

using MaybeRow = std::optional<sim::Row>;

// From what was found and left to who read what.
class DealingsFinder {
 public:
  DealingsFinder(const DealingsWatch& watch, Counterfactual& counterfactual)
      : watch_(watch), counterfactual_(counterfactual), written_(watch.written()) {}

  Dealings find(const RunRecord& run, const References& references) {
    for (std::size_t i = 0; i < references.titles.size(); ++i) {
      dealings_.transactions.push_back(in_words(static_cast<int>(i), references));
    }
    for (const Told& told : run.first) {
      if (told.outcome == sim::Outcome::aborted) dealings_.aborted.insert(told.operation);
    }
    for (const AskedStatement& asked : watch_.asked()) {
      // An answer that differs between clean runs, such as a transaction's number, tells nothing.
      const bool tells = asked.statement.kind() != sim::StatementKind::read ||
                         !references.answers_left_out.contains(asked.statement.name());
      if (tells && (asked.ok || is_refused_again(asked))) telling_.push_back(&asked);
    }
    for (const AskedStatement* asked : telling_) {
      if (asked->ok && !in_its_session_.contains(asked->operation) && !effect_again(*asked)) {
        in_its_session_.insert(asked->operation);
      }
    }
    for (const AskedStatement* asked : telling_) find_silent_writes(*asked);
    for (const auto& [item, rows] : written_) {
      std::vector<Version>& versions = dealings_.versions[item];
      versions.emplace_back();
      for (const CommittedRow& row : rows) versions.push_back({row.operation, row.statement});
    }
    find_reads();
    return std::move(dealings_);
  }

  const std::string& gap() const { return gap_; }

 private:
  MaybeRow row_of(const Item& item, std::size_t version) const {
    if (version > 0) return written_.at(item)[version - 1].row;
    const auto before = watch_.before_all().find(item);
    return before == watch_.before_all().end() ? MaybeRow() : MaybeRow(before->second);
  }

  static MaybeRow row_in(const ItemRows& rows, const Item& item) {
    const auto known = rows.find(item);
    return known == rows.end() ? MaybeRow() : MaybeRow(known->second);
  }

  // Others wrote it, and its own transaction had not when it asked.
  bool concerns(const AskedStatement& asked, const Item& item) const {
    return !asked.own.contains(item) &&
           std::ranges::any_of(written_.at(item), [&](const CommittedRow& row) {
             return row.operation != asked.operation;
           });
  }

  // The statement alone; or, where it cannot be asked alone because it needs what statements before
  // it left in the session, such as a temporary table, all of its operation.
  std::vector<Question> questions_of(const AskedStatement& asked) const {
    if (!asked.ok || !in_its_session_.contains(asked.operation)) {
      return {{&asked.statement, &asked.found}};
    }
    std::vector<Question> questions;
    for (const AskedStatement* const other : telling_) {
      if (other->operation != asked.operation || !other->ok) continue;
      questions.push_back({&other->statement, &other->found});
    }
    return questions;
  }

  std::int64_t questions_allowed() const {
    const std::size_t rows = watch_.before_all().size() + written_.size();
    return std::clamp(rows_looked_at_max / static_cast<std::int64_t>(rows + 1), questions_min,
                      questions_max);
  }

  // With the row in place of what the statement found there.
  std::optional<Effect> effect_with(const AskedStatement& asked, const Item& item,
                                    const MaybeRow& row) {
    if (counterfactual_.asked() >= questions_allowed()) {
      gap_ = fmt::format("only {} questions were asked of the statements", questions_allowed());
      return std::nullopt;
    }
    ItemRows otherwise = asked.found;
    otherwise.erase(item);
    if (row) otherwise.emplace(item, *row);
    std::vector<Question> questions = questions_of(asked);
    for (Question& question : questions) {
      if (question.statement == &asked.statement) question.rows = &otherwise;
    }
    return counterfactual_.effect(questions);
  }

  // Whether the statement, among those that were asked together with it, writes the row.
  bool writes(const Effect& effect, const AskedStatement& asked, const Item& item) const {
    const std::vector<Question> questions = questions_of(asked);
    const auto own = static_cast<std::size_t>(
        std::ranges::find(questions, &asked.statement, &Question::statement) - questions.begin());
    if (own >= effect.changes.size()) return false;
    const std::vector<ItemChange>& changed = effect.changes[own];
    return std::ranges::find(changed, item, &ItemChange::item) != changed.end();
  }

  // As it was answered; none where it cannot be asked again, or answers another thing each time.
  std::optional<Effect> effect_again(const AskedStatement& asked) {
    const std::vector<Question> questions = questions_of(asked);
    std::optional<Effect> effect = counterfactual_.effect(questions);
    if (!effect || effect->is_error == asked.ok || counterfactual_.effect(questions) != effect) {
      return std::nullopt;
    }
    return effect;
  }

  // What is refused on a quiet database too is refused for what the tables hold. Anything else,
  // such as a lock that was not to be had, tells nothing of rows.
  bool is_refused_again(const AskedStatement& asked) { return effect_again(asked).has_value(); }

  // Writing what is there already leaves nothing to be seen: two clients that each add one to what
  // they read both write the same. Over another row it shows.
  void find_silent_writes(const AskedStatement& asked) {
    if (!asked.ok || asked.statement.kind() != sim::StatementKind::write) return;
    for (auto& [item, rows] : written_) {
      const MaybeRow found = row_in(asked.found, item);
      if (!found || asked.changed.contains(item) || !concerns(asked, item)) continue;
      // Its transaction's own version is there already.
      if (std::ranges::find(rows, asked.committed, &CommittedRow::committed) != rows.end())
        continue;
      MaybeRow another;
      for (std::size_t version = 0; !another && version <= rows.size(); ++version) {
        if (row_of(item, version) != found) another = row_of(item, version);
      }
      if (!another) continue;
      const std::optional<Effect> over = effect_with(asked, item, another);
      if (!over || !writes(*over, asked, item)) continue;
      const auto place =
          std::ranges::upper_bound(rows, asked.committed, {}, &CommittedRow::committed);
      rows.insert(place, {asked.operation, asked.statement.name(), found, asked.committed});
    }
  }

  // The last version that the statement could see and is what it found.
  std::optional<std::size_t> version_found(const AskedStatement& asked, const Item& item) const {
    const std::vector<CommittedRow>& rows = written_.at(item);
    const MaybeRow found = row_in(asked.found, item);
    for (std::size_t version = rows.size(); version > 0; --version) {
      if (rows[version - 1].committed < asked.sees_until && rows[version - 1].row == found) {
        return version;
      }
    }
    if (row_of(item, 0) == found) return 0;
    return std::nullopt;
  }

  // Row by row: where not all can be asked about, of some rows everything is known.
  void find_reads() {
    std::map<const AskedStatement*, std::optional<Effect>> effects;
    for (const auto& [item, rows] : written_) {
      for (const AskedStatement* const asked : telling_) {
        if (!concerns(*asked, item)) continue;
        const auto [effect, is_new] = effects.try_emplace(asked);
        if (is_new) effect->second = effect_again(*asked);
        if (effect->second) {
          find_reads_of(*asked, item, *effect->second);
        } else {
          gap_ = fmt::format("'{}' cannot be asked again, or answers another thing each time",
                             asked->statement.name());
        }
      }
    }
  }

  void find_reads_of(const AskedStatement& asked, const Item& item, const Effect& effect) {
    const std::optional<std::size_t> version = version_found(asked, item);
    if (!version) {
      gap_ = fmt::format("'{}' found {} as nobody had committed it", asked.statement.name(),
                         to_string(item));
      return;
    }
    const std::vector<CommittedRow>& rows = written_.at(item);
    const MaybeRow found = row_in(asked.found, item);
    const auto is_other_with = [&](const MaybeRow& row) {
      if (row == found) return false;
      const std::optional<Effect> then = effect_with(asked, item, row);
      if (!then && gap_.empty()) {
        gap_ = fmt::format("the database does not take another {}", to_string(item));
      }
      return then && *then != effect;
    };
    Read read{asked.operation, asked.statement.name(), item, *version, false, false, false};
    const bool of_another = *version > 0 && rows[*version - 1].operation != asked.operation;
    const bool next_of_another =
        *version < rows.size() && rows[*version].operation != asked.operation;
    const bool read_itself = is_other_with(std::nullopt);
    read.predicate = !read_itself;
    read.shows_version = of_another && (read_itself || is_other_with(row_of(item, *version - 1)));
    read.misses_next =
        next_of_another && (read_itself || is_other_with(row_of(item, *version + 1)));
    if (read.shows_version || read.misses_next) dealings_.reads.push_back(std::move(read));
  }

  const DealingsWatch& watch_;
  Counterfactual& counterfactual_;
  std::map<Item, std::vector<CommittedRow>> written_;
  std::vector<const AskedStatement*> telling_;
  std::set<int> in_its_session_;  // Operations whose statements are asked together.
  Dealings dealings_;
  std::string gap_;
};

}  // namespace

RunRecord evidence_of(Experiment& experiment, const Plan& plan, const RunOptions& options,
                      const References& references) {
  World& world = experiment.world();
  const Shape shape = expect(world.shape(), "the tables cannot be described");
  const ItemRows image = rows_by_item(experiment.initial()->state, shape);
  DealingsWatch watch(world, shape, image);
  RunOptions watched = options;
  watched.watch = &watch;
  RunRecord run = experiment.run(plan, watched);
  DependencyJudgement& found = run.dependencies.emplace();
  found.gap = runs_programs(experiment.scenario())
                  ? "what programs of their own read and write is not looked at"
                  : watch.failure();
  if (!found.gap.empty()) return run;
  // Keys that the run drew are held when a statement that draws one is asked again.
  Shift beyond = options.shift;
  beyond.sequences += 10'000;
  expect(world.reset(beyond), "the database cannot be set back");
  Counterfactual counterfactual(world, shape, experiment.comparison(), image);
  DealingsFinder finder(watch, counterfactual);
  const Dealings dealings = finder.find(run, references);
  found.gap = finder.gap().empty() ? watch.not_followed() : finder.gap();
  found.anomaly = worst_anomaly(dealings);
  return run;
}

}  // namespace splitproof::harness
