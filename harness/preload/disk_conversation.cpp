#include "harness/preload/disk_conversation.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cerrno>
#include <csignal>

#include "harness/preload/disk_operation.h"
#include "harness/run/failure.h"

namespace splitproof::harness {

namespace {

using preload::DiskCall;
using preload::Report;
using preload::ReportKind;
using preload::Word;

const Word go{};

// Longer than SQLite's busy handler sleeps within its usual five seconds.
constexpr int refused_sleeps_max = 100;

// Whether the fault comes before the operation is carried out.
bool comes_before(const Fault& fault) {
  if (const auto* kill = std::get_if<KillProcess>(&fault)) return !kill->after;
  if (const auto* end = std::get_if<EndProcess>(&fault)) return !end->after;
  return std::holds_alternative<RaiseError>(fault);
}

std::string in_words(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return seconds == time ? fmt::format("{}", seconds) : fmt::format("{}", time);
}

}  // namespace

DiskConversation::~DiskConversation() {
  for (const pid_t process : processes_) clients_.erase(process);
}

void DiskConversation::run(std::chrono::milliseconds time_limit) {
  while (!ended_) {
    const auto [speaker, report] = life_.next();
    if (speaker == nullptr) break;
    if (processes_.insert(speaker->pid()).second) clients_[speaker->pid()] = told_.client;
    answer(*speaker, report);
  }
  const sim::ExitStatus status = life_.end();
  changes_ = changes_ || (changes_unless_terminated_ && status.signal != SIGTERM);
  const bool succeeded = status.success() && !ended_ && !life_.is_late();
  told_.outcome = succeeded ? sim::Outcome::committed
                            : (changes_ ? sim::Outcome::indeterminate : sim::Outcome::aborted);
  if (life_.is_late()) {
    told_.why = fmt::format("ran for longer than {} and was ended", in_words(time_limit));
  } else if (!succeeded && !ended_) {
    told_.why = fmt::format("the program ended with {}", sim::to_string(status));
  }
}

void DiskConversation::answer(Speaker& speaker, const Report& report) {
  switch (report.kind) {
    case ReportKind::loaded:
      loaded_ = true;
      life_.tell(speaker, {.turns = turns_ == nullptr ? 0 : 1});
      return;
    case ReportKind::before:
      operation(speaker, report);
      return;
    case ReportKind::sleeps:
      take_rest(speaker, report);
      return;
    case ReportKind::unlocked:
      refusing_ = false;
      life_.tell(speaker, go);
      return;
    case ReportKind::after:
    case ReportKind::holder:
      throw HarnessFailure("a process of the program answers what nobody asked");
  }
}

void DiskConversation::operation(Speaker& speaker, const Report& report) {
  const bool is_lock = report.call == DiskCall::lock;
  seen_ = true;
  if (refusing_ && is_lock) {
    // What is still in the way cannot go while everybody waits.
    life_.tell(speaker, {.kind = Word::Kind::fail, .error = EAGAIN});
    return;
  }
  refusing_ = false;
  if (turns_ != nullptr) {
    if (is_lock) life_.hold([&] { turns_->scheduler.await_turn(told_.client); });
    turns_->scheduler.touch(touched_by(report));
  }
  if (speaker.connection == 0) speaker.connection = director_.next_connection(told_.client);
  const sim::Statement statement = statement_of(report, database_);
  const FaultPoint point = director_.arrive(told_.client, statement, {}, PointKind::disk);
  const Step step{point, statement, director_.strike(point)};
  if (step.fault == nullptr || !comes_before(*step.fault)) {
    carry_out(speaker, report, step);
  } else if (const auto* const error = std::get_if<RaiseError>(step.fault)) {
    record(speaker, step, fmt::format("error {}: {}", error->code, planned_message(*error)));
    life_.tell(speaker, {.kind = Word::Kind::fail, .error = errno_of(error->code)});
  } else if (needs_process(*step.fault)) {
    record(speaker, step, "not sent: the process is killed");
    kill("before", point);
  } else {
    life_.ask_to_end();
    carry_out(speaker, report, step);
  }
}

// A process that SIGTERM has ended meanwhile has not done it: its signal comes before our word. One
// that ends in a handler of its own may have.
void DiskConversation::carry_out(Speaker& speaker, const Report& report, const Step& step) {
  life_.tell(speaker, go);
  const std::optional<Report> after = life_.next_of(speaker);
  if (after && after->kind != ReportKind::after) {
    throw HarnessFailure("a process of the program does something else than it was about to do");
  }
  const bool is_asked = step.fault != nullptr && std::holds_alternative<EndProcess>(*step.fault);
  const bool may_change = may_change_database(report);
  if (after || !is_asked || speaker.pid() != life_.pid()) {
    changes_ = changes_ || may_change;
  } else {
    changes_unless_terminated_ = may_change;
  }
  if (!after) {
    record(speaker, step, is_asked ? "not sent: the process ends" : "no answer: the process ended");
    return;
  }
  record(speaker, step, answer_of(after->error), letters_of(after->holder));
  if (step.fault != nullptr && needs_process(*step.fault)) {
    kill("after", step.point);
    return;
  }
  if (is_asked && !comes_before(*step.fault)) life_.ask_to_end();
  life_.tell(speaker, go);
}

void DiskConversation::record(const Speaker& speaker, const Step& step, std::string answer,
                              std::string waited_for) {
  director_.record(&step.point, told_.client, speaker.connection, step.statement, step.fault,
                   {std::move(answer), "", std::move(waited_for)});
}

void DiskConversation::kill(const char* when, const FaultPoint& point) {
  life_.kill();
  ended_ = true;
  told_.why = fmt::format("the process was killed {} statement {}", when, point.statement);
}

void DiskConversation::take_rest(Speaker& speaker, const Report& report) {
  const auto answer = [&](bool tries_again) {
    life_.tell(speaker, {.kind = tries_again ? Word::Kind::go : Word::Kind::fail});
  };
  if (turns_ == nullptr) return answer(true);
  if (refusing_ && ++refused_sleeps_ < refused_sleeps_max) return answer(false);
  refusing_ = false;
  if (report.holder == 0) {
    turns_->scheduler.rest(told_.client);
    life_.hold([&] { turns_->scheduler.await_turn(told_.client); });
    return answer(true);
  }
  turns_->sessions.ask(told_.client, [&] { return blockers(speaker); });
  life_.hold([&] { refusing_ = !turns_->scheduler.yield(told_.client); });
  turns_->sessions.ask_no_more(told_.client);
  refused_sleeps_ = 0;
  answer(!refusing_);
}

std::optional<std::string> DiskConversation::blockers(Speaker& speaker) {
  life_.tell(speaker, {.kind = Word::Kind::ask});
  const std::optional<Report> answered = life_.next_of(speaker);
  if (!answered) return std::nullopt;
  if (answered->kind != ReportKind::holder) {
    throw HarnessFailure("a process of the program does not say whose lock is in its way");
  }
  if (answered->holder == 0) return std::nullopt;
  return letters_of(answered->holder);
}

std::string DiskConversation::letters_of(pid_t holder) const {
  const auto known = clients_.find(holder);
  return known == clients_.end() ? "" : std::string(1, known->second);
}

}  // namespace splitproof::harness
