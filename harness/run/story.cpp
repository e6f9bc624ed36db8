// The run as a story: numbered lines that someone who never saw the code can follow.
#include <fmt/format.h>

#include <algorithm>

#include "harness/run/findings.h"

namespace splitproof::harness {

namespace {

// Statements told before and after the one that was struck; the rest is summed up in one line.
constexpr std::size_t context_before = 3;
constexpr std::size_t context_after = 4;

const std::string& title(const FindingContext& context, int operation) {
  return context.references->titles[static_cast<std::size_t>(operation)];
}

std::string statement_line(const Event& event) {
  std::string text = fmt::format("{}: ", event.name);
  if (event.statement != 0) text = fmt::format("statement {}, {}: ", event.statement, event.name);
  if (!event.struck.empty()) {
    const std::optional<Fault> fault = parse_fault(event.struck);
    text += fmt::format("HERE {} -> ", fault ? in_words(*fault) : event.struck);
  }
  return text + event.answer;
}

std::string told_line(const Told& told) {
  std::string text = fmt::format("the client is told {}", sim::to_string(told.outcome));
  if (!told.why.empty()) text += fmt::format(": {}", told.why);
  for (const std::string& open : told.left_open) text += fmt::format("; left behind: {}", open);
  return text;
}

class Teller {
 public:
  Teller(const RunRecord& run, const FindingContext& context) : run_(run), context_(context) {}

  std::vector<StoryLine> tell() {
    bool faults_stopped = false;
    for (const Told& told : run_.history.told) {
      if (told.retry && !faults_stopped) {
        faults_stopped = true;
        held("the faults stop; the database holds", *run_.after);
      }
      attempt(told);
    }
    held(faults_stopped ? "after the retries the database holds" : "the database holds",
         *run_.finally);
    return std::move(lines_);
  }

 private:
  void say(const std::string& actor, std::string text) {
    lines_.push_back({actor, std::move(text)});
  }

  void attempt(const Told& told) {
    const std::string& actor = title(context_, told.operation);
    if (told.retry) say(actor, "is tried again, without faults");
    const std::vector<Event>& events = run_.history.events;
    std::size_t end = next_;
    while (end < events.size() && events[end].attempt == told.attempt) ++end;
    statements(actor, next_, end);
    next_ = end;
    say(actor, told_line(told));
  }

  void statements(const std::string& actor, std::size_t begin, std::size_t end) {
    std::size_t struck = end;
    for (std::size_t i = begin; i < end && struck == end; ++i) {
      if (!run_.history.events[i].struck.empty()) struck = i;
    }
    const std::size_t centre = struck == end ? begin : struck;
    std::size_t left_out = 0;
    const auto flush = [&] {
      if (left_out > 0) say(actor, fmt::format("… {} statements, all answered …", left_out));
      left_out = 0;
    };
    for (std::size_t i = begin; i < end; ++i) {
      const bool near = i + context_before >= centre && i <= centre + context_after;
      if (near || i + 2 >= end || !run_.history.events[i].struck.empty()) {
        flush();
        say(actor, statement_line(run_.history.events[i]));
      } else {
        ++left_out;
      }
    }
    flush();
  }

  void held(const std::string& begin, const Observation& observation) {
    const References& references = *context_.references;
    for (const auto& [set, reference] : references.by_operations) {
      if (reference->digest != observation.digest) continue;
      say("database", fmt::format("{}: {}", begin, effects(set)));
      return;
    }
    say("database", fmt::format("{}: something that no clean run leaves", begin));
    for (const Damage& damage : observation.damage) say("database", damage.text);
  }

  std::string effects(unsigned set) const {
    if (set == 0) return "what it held before, nothing more";
    if (set == context_.references->all) return "everything that a clean run leaves";
    std::string text = "exactly what is left by";
    for (std::size_t i = 0; i < context_.references->titles.size(); ++i) {
      if ((set >> i & 1U) != 0) text += fmt::format(" '{}'", context_.references->titles[i]);
    }
    return text;
  }

  const RunRecord& run_;
  const FindingContext& context_;
  std::size_t next_ = 0;
  std::vector<StoryLine> lines_;
};

}  // namespace

std::vector<StoryLine> story_of(const RunRecord& run, const FindingContext& context) {
  return Teller(run, context).tell();
}

}  // namespace splitproof::harness
