// The run as a story: numbered lines that someone who never saw the code can follow.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

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
  if (event.statement != 0) {
    text = fmt::format(
        "{} {}, {}: ", is_of_machine(event.client) ? name_of_client(event.client) : "statement",
        event.statement, event.name);
  }
  if (!event.struck.empty()) {
    const std::optional<Fault> fault = parse_fault(event.struck);
    text += fmt::format("HERE {} -> ", fault ? in_words(*fault) : event.struck);
  }
  if (event.given_up) {
    text += "no session is left that can move, so the server is told to give it up -> ";
  } else if (!event.waited_for.empty()) {
    text += "goes on -> ";
  }
  return text + event.answer;
}

// "client b" or "client b and client c"; who waits for another connection of its own, itself.
std::string clients_in_words(const Event& event) {
  std::string text;
  for (const char letter : event.waited_for) {
    if (!text.empty()) text += " and ";
    text += letter == event.client ? std::string("itself") : fmt::format("client {}", letter);
  }
  return text;
}

std::string reader_in_words(const Sight& sight) {
  if (sight.kind == "fresh") return "somebody who reads here sees";
  if (sight.kind == "split-read") {
    return fmt::format(
        "somebody who has read {} before and reads the rest here, in one "
        "transaction, sees",
        sight.table);
  }
  return "somebody whose snapshot is older than all of this and who reads here sees";
}

std::string told_line(const Told& told) {
  std::string text = fmt::format("the client is told {}", sim::to_string(told.outcome));
  if (!told.why.empty()) text += fmt::format(": {}", told.why);
  for (const std::string& open : told.left_open) text += fmt::format("; left behind: {}", open);
  return text;
}

// Whether the retry may be struck, too.
bool strikes_again(const RunRecord& run) {
  return std::ranges::any_of(run.plan.strikes, &Strike::in_retry);
}

std::string effects(unsigned set, const References& references) {
  if (set == 0) return "what it held before, nothing more";
  if (set == references.all) return "everything that a clean run leaves";
  std::string text = "exactly what is left by";
  for (std::size_t i = 0; i < references.titles.size(); ++i) {
    if ((set >> i & 1U) != 0) text += fmt::format(" '{}'", references.titles[i]);
  }
  return text;
}

// The operations of which a clean run leaves this; none where no clean run does.
std::optional<unsigned> left_by(const Observation& observation, const References& references) {
  for (const auto& [set, reference] : references.by_operations) {
    if (reference->digest == observation.digest) return set;
  }
  const auto same = [&](const SerialRun& serial) {
    return serial.held->digest == observation.digest;
  };
  const auto serial = std::ranges::find_if(references.serial, same);
  return serial == references.serial.end() ? std::nullopt : std::optional(serial->set);
}

class Teller {
 public:
  Teller(const RunRecord& run, const FindingContext& context) : run_(run), context_(context) {}

  std::vector<StoryLine> tell() {
    bool faults_stopped = false;
    sights(0);
    if (run_.interleaved) at_once();
    for (const Told& told : run_.history.told) {
      if (run_.interleaved && !told.retry) continue;
      if (told.retry && !faults_stopped) {
        faults_stopped = true;
        held(end_of_first_attempts(run_) + "; the database holds", *run_.after);
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

  std::string actor_of(int operation) const {
    const References& references = *context_.references;
    const std::set<char> sessions(references.clients.begin(), references.clients.end());
    if (sessions.size() < 2) return title(context_, operation);
    return fmt::format("client {} ({})", references.clients[static_cast<std::size_t>(operation)],
                       title(context_, operation));
  }

  // The first attempts in the order in which the statements were answered. Whoever waited sent its
  // statement long before.
  void at_once() {
    const std::vector<Event>& events = run_.history.events;
    std::size_t end = 0;
    while (end < events.size() && !events[end].retry) ++end;
    for (const Told& told : run_.history.told) {
      if (!told.retry && last_event(told.attempt) == end) tell(told);
    }
    while (next_ < end) {
      const std::size_t begin = next_++;
      waits(begin);
      while (next_ < end && goes_on(next_)) ++next_;
      statements(actor_of(events[begin].operation), begin, next_);
      for (const Told& told : run_.history.told) {
        const std::size_t last = last_event(told.attempt);
        if (!told.retry && last >= begin && last < next_) tell(told);
      }
    }
  }

  // Whether the event belongs to the same stretch of one session's statements as the one before.
  bool goes_on(std::size_t index) const {
    const std::vector<Event>& events = run_.history.events;
    return events[index].attempt == events[index - 1].attempt && events[index].waited_for.empty() &&
           std::ranges::none_of(events, [&](const Event& event) {
             return !event.waited_for.empty() && event.sent == index;
           });
  }

  // Those who sent a statement here that had to wait.
  void waits(std::size_t index) {
    for (const Event& event : run_.history.events) {
      if (event.retry || event.waited_for.empty() || event.sent != index) continue;
      say(actor_of(event.operation), fmt::format("statement {}, {}: waits for {}", event.statement,
                                                 event.name, clients_in_words(event)));
    }
  }

  // The events' number where the attempt has none.
  std::size_t last_event(int attempt) const {
    const std::vector<Event>& events = run_.history.events;
    const auto last = std::ranges::find(events.rbegin(), events.rend(), attempt, &Event::attempt);
    return last == events.rend() ? first_retry()
                                 : static_cast<std::size_t>(events.rend() - last) - 1;
  }

  std::size_t first_retry() const {
    const auto first = std::ranges::find(run_.history.events, true, &Event::retry);
    return static_cast<std::size_t>(first - run_.history.events.begin());
  }

  // What readers saw between, when so many statements had been answered; each state once.
  void sights(std::size_t events) {
    for (const Sight& sight : run_.sights) {
      if (sight.looked != events || !is_between(sight, *context_.references)) continue;
      if (!told_sights_.insert({sight.kind, sight.seen->digest}).second) continue;
      const std::string reader = reader_in_words(sight);
      if (sight.seen->damage.empty()) say("reader", reader + " what no clean run leaves");
      for (const Damage& damage : sight.seen->damage) say("reader", reader + ": " + damage.text);
    }
  }

  void tell(const Told& told) { say(actor_of(told.operation), told_line(told)); }

  void attempt(const Told& told) {
    const std::string actor = actor_of(told.operation);
    if (told.retry)
      say(actor, strikes_again(run_) ? "is tried again" : "is tried again, without faults");
    const std::vector<Event>& events = run_.history.events;
    std::size_t end = next_;
    while (end < events.size() && events[end].attempt == told.attempt) ++end;
    statements(actor, next_, end);
    next_ = end;
    tell(told);
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
      sights(i + 1);
    }
    flush();
  }

  void held(const std::string& begin, const Observation& observation) {
    say("database", fmt::format("{}: {}", begin, held_in_words(observation, context_)));
    if (context_.held || left_by(observation, *context_.references)) return;
    for (const Damage& damage : observation.damage) say("database", damage.text);
  }

  const RunRecord& run_;
  const FindingContext& context_;
  std::size_t next_ = 0;
  std::set<std::pair<std::string, std::string>> told_sights_;
  std::vector<StoryLine> lines_;
};

}  // namespace

std::string end_of_first_attempts(const RunRecord& run) {
  if (run.interleaved) return "the sessions have ended";
  return strikes_again(run) ? "the first attempts have ended" : "the faults stop";
}

std::string held_in_words(const Observation& observation, const FindingContext& context) {
  if (context.held) return context.held(observation);
  const std::optional<unsigned> set = left_by(observation, *context.references);
  return set ? effects(*set, *context.references) : "something that no clean run leaves";
}

std::vector<StoryLine> story_of(const RunRecord& run, const FindingContext& context) {
  return Teller(run, context).tell();
}

}  // namespace splitproof::harness
