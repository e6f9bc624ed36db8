#include "tests/reports/random_verdict.h"

#include <array>
#include <random>

namespace splitproof::reports {

namespace {

using harness::CaseResult;
using harness::CaseVerdict;

constexpr std::array<std::string_view, 24> pieces{
    "a",    "lost update", "\n",           "\r\n",         "\t",           "\x1b[31m",
    "\x01", "<b>",         "&amp;",        "]]>",          "\"'",          "|",
    "```",  "**",          "$x$",          "::error::",    "%0A",          ",:",
    "東京", "é",           "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xE2\x80\xAE", "- 1. #"};

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  std::int64_t count() { return static_cast<std::int64_t>(below(3) == 0 ? 0 : engine_() >> 46U); }
  bool flag() { return below(2) == 0; }

  std::string text() {
    std::string text;
    for (std::uint64_t left = below(5); left > 0; --left) text += pieces.at(below(pieces.size()));
    return text;
  }

  template <class Make>
  auto list(std::uint64_t size_max, const Make& make) {
    std::vector<decltype(make())> values;
    for (std::uint64_t left = below(size_max + 1); left > 0; --left) values.push_back(make());
    return values;
  }

  std::vector<std::string> texts(std::uint64_t size_max) {
    return list(size_max, [this] { return text(); });
  }

  harness::TableDifference difference() {
    const auto rows = [this] { return texts(6); };
    return {.table = text(),
            .columns = texts(6),
            .expected = list(3, rows),
            .found = list(3, rows),
            .rows_left_out = below(4)};
  }

  harness::Finding finding() {
    return {.id = text(),
            .oracle = text(),
            .severity = flag() ? "violation" : "warning",
            .anomaly = text(),
            .claim = text(),
            .because = text(),
            .damage = list(2,
                           [this] {
                             return harness::Damage{text(), text()};
                           }),
            .plan = text(),
            .replay = text(),
            .runs = count(),
            .story = list(4,
                          [this] {
                            return harness::StoryLine{text(), text()};
                          }),
            .differences = list(2, [this] { return difference(); }),
            .dependencies = list(3,
                                 [this] {
                                   return harness::DependencyLine{text(), text(), "rw",
                                                                  flag(), text(), text()};
                                 }),
            .output = text()};
  }

  harness::Prediction prediction() {
    constexpr std::array<std::string_view, 3> kinds{"writes-apart", "swallowed-error",
                                                    "doubling-retry"};
    return {.statement = static_cast<int>(below(100)),
            .after = static_cast<int>(below(100)),
            .client = flag() ? 'a' : 'b',
            .kind = std::string(kinds.at(below(kinds.size()))),
            .danger = static_cast<int>(below(6)),
            .because = text(),
            .confirmed = flag(),
            .finding = text()};
  }

  harness::Ambiguity ambiguity() {
    return {.plan = text(),
            .transaction = text(),
            .told = text(),
            .held = text(),
            .known_by = text(),
            .runs = count()};
  }

  harness::SweepAccount sweep() {
    constexpr std::array<std::string_view, 3> phases{"operation", "recovery", "retry"};
    return {.fault = text(),
            .mode = text(),
            .phase = std::string(phases.at(below(phases.size()))),
            .planned = count(),
            .fired = count(),
            .closed = flag(),
            .open_because = text()};
  }

  harness::Contract contract() {
    const auto cell = [this] {
      return harness::ContractCell{.failure = flag() ? "power lost" : "backend killed",
                                   .promise = flag() ? "whole" : "whole and durable",
                                   .clause = text(),
                                   .unit = flag() ? "image" : "run",
                                   .tried = count(),
                                   .lost = count(),
                                   .torn = count(),
                                   .damaged = count(),
                                   .broken = count(),
                                   .plan = text()};
    };
    return {.settings = {{"journal_mode", text()}, {text(), "off"}},
            .claim = flag() ? "contract" : "durable",
            .cells = list(3, cell)};
  }

  CaseVerdict verdict() {
    const auto observer = [this] { return harness::ObserverCount{text(), count(), count()}; };
    CaseVerdict verdict{.scenario = "s" + text(),
                        .title = text(),
                        .variant = text(),
                        .target = text(),
                        .role = flag() ? "subject" : "control",
                        .expected = flag() ? "holds" : "violated",
                        .observed = flag() ? "holds" : "violated",
                        .result = static_cast<CaseResult>(below(7)),
                        .reason = text(),
                        .runs = count(),
                        .points = count(),
                        .closed = flag(),
                        .faults = {.planned = count(), .fired = count()},
                        .sweeps = list(4, [this] { return sweep(); }),
                        .schedules = {},
                        .storage = {},
                        .observers = list(3, observer),
                        .compared_with_care = texts(2),
                        .findings = list(3, [this] { return finding(); }),
                        .predictions = list(7, [this] { return prediction(); }),
                        .ambiguities = list(7, [this] { return ambiguity(); })};
    if (flag()) {
      verdict.schedules = {.strategy = text(),
                           .explored = count(),
                           .classes = count(),
                           .of = count(),
                           .pruned = count(),
                           .complete = flag(),
                           .depth = count(),
                           .miss_bound = text(),
                           .shows = text(),
                           .left = text()};
    }
    if (flag()) {
      verdict.storage = {.journal = flag() ? "delete" : "wal",
                         .synchronous = flag() ? "off" : "extra",
                         .persona = flag() ? "honest" : "no-barrier",
                         .moments = count(),
                         .images = count(),
                         .equal = count(),
                         .in_recovery = count(),
                         .sampled = count(),
                         .moments_of = count() + 1,
                         .unsynced_max = count(),
                         .outcomes = count(),
                         .losses = {{text(), count(), text()}}};
    }
    if (flag()) verdict.contract = contract();
    if (flag()) {
      const bool ruled_out = flag();
      verdict.isolation = {.anomaly = text(),
                           .documented = ruled_out ? "ruled-out" : "possible",
                           .source = text(),
                           .occurred = count()};
      if (!ruled_out) verdict.expected = "";
    }
    return verdict;
  }

  harness::GradeLine grade() {
    return {.scenario = text(),
            .variant = text(),
            .target = text(),
            .declared = text(),
            .caught = texts(3),
            .not_expressible = text()};
  }

  harness::RunVerdict run() {
    return {.version = text(),
            .seed = engine_(),
            .complete = flag(),
            .environment = {text(), text(), text(), text()},
            .cases = list(5, [this] { return verdict(); }),
            .controls = {.expected = count(), .caught = count()},
            .mutants = {.expected = count(), .caught = count()},
            .grades = list(6, [this] { return grade(); }),
            .not_tested = texts(3)};
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace

harness::RunVerdict random_verdict(std::uint64_t seed) { return Draw(seed).run(); }

}  // namespace splitproof::reports
