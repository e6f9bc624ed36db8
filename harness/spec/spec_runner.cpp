#include "harness/spec/spec_runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <optional>

#include "harness/run/failure.h"
#include "harness/run/scenario_file.h"

namespace splitproof::harness {
namespace {

class SpecRunner {
 public:
  SpecRunner(const IsolationSpec& spec, const SpecRunOptions& options, SpecListener& listener)
      : spec_(spec), options_(options), listener_(listener) {}

  SpecTotals run() {
    open();
    SpecOrders orders(spec_);
    while (totals_.complete) {
      const std::optional<SpecPermutation> order = orders.next();
      if (!order) break;
      run_one(*order);
    }
    return totals_;
  }

 private:
  void open() {
    for (const std::string& name : unused_steps(spec_)) {
      listener_.complain(fmt::format("unused step name: {}\n", name));
    }
    listener_.out(fmt::format("Parsed test spec with {} sessions\n", spec_.sessions.size()));
    // As pg_isolation_regress calls it, so that specs that look for their own sessions find them.
    const std::string name = "isolation/" + std::filesystem::path(options_.file).stem().string();
    try {
      sessions_.emplace(spec_, options_.connection, name,
                        [this](std::size_t session, const std::string& text) {
                          if (player_ != nullptr) player_->hear_notice(session, text);
                        });
    } catch (const SpecServerLost& lost) {
      throw HarnessFailure(fmt::format("{}: the database server cannot be used: {}", options_.file,
                                       first_line_of(lost.what())));
    }
  }

  void run_one(const SpecPermutation& order) {
    SpecOutcome outcome;
    outcome.number = ++number_;
    SpecPlayer player(spec_, *sessions_, options_.limits, listener_, order, outcome);
    player_ = &player;
    try {
      play(player, outcome);
    } catch (const SpecServerLost& lost) {
      player_ = nullptr;
      throw HarnessFailure(fmt::format(
          "{}: the server was lost, or the way to it, when {} was at work in permutation {} ({}): "
          "{}",
          options_.file, player.work(), outcome.number, fmt::join(outcome.steps, " "),
          first_line_of(lost.what())));
    } catch (const SpecStopped&) {
      totals_.complete = false;
      outcome.inconclusive.emplace_back("it was stopped");
    }
    player_ = nullptr;
    count(outcome);
    listener_.ended(outcome);
  }

  void play(SpecPlayer& player, SpecOutcome& outcome) {
    try {
      player.play();
      if (options_.ends_as_original) return;
      for (std::size_t i = 0; i < spec_.sessions.size(); ++i) {
        if (sessions_->session(i).is_open()) continue;
        sessions_->reopen();
        return;
      }
    } catch (const SpecRefusedSetup& refused) {
      const SourcePlace& place = refused.place();
      throw UnusableInput(to_string(ScenarioError{
          {options_.file, place.line, place.column},
          fmt::format("found a setup that the database refuses ({}); expected one that it carries "
                      "out before each permutation",
                      refused.what())}));
    } catch (const SpecBroken& broken) {
      outcome.inconclusive.emplace_back(broken.what());
      if (options_.ends_as_original) {
        totals_.complete = false;
        return;
      }
      sessions_->reopen();
      player.tear_down_again();
    }
  }

  void count(const SpecOutcome& outcome) {
    ++(outcome.inconclusive.empty() ? totals_.ran : totals_.inconclusive);
    if (!outcome.waited.empty()) ++totals_.waited;
    if (!outcome.errors.empty()) ++totals_.refused;
    totals_.warnings += static_cast<int>(outcome.warnings.size());
  }

  static std::string first_line_of(const std::string& text) {
    return text.substr(0, text.find('\n'));
  }

  const IsolationSpec& spec_;
  const SpecRunOptions& options_;
  SpecListener& listener_;
  std::optional<SpecSessions> sessions_;
  SpecPlayer* player_ = nullptr;  // Who hears notices; null between permutations.
  int number_ = 0;
  SpecTotals totals_;
};

}  // namespace

SpecTotals run_isolation_spec(const IsolationSpec& spec, const SpecRunOptions& options,
                              SpecListener& listener) {
  return SpecRunner(spec, options, listener).run();
}

}  // namespace splitproof::harness
