#include "harness/program/program_process.h"

#include <fmt/format.h>
#include <poll.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "harness/run/failure.h"
#include "sim/process/output_end.h"

namespace splitproof::harness {

namespace {

// The value of a field of /proc/PID/status; empty where there is none.
std::string process_field(pid_t pid, const std::string& name) {
  std::ifstream in(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(name + ":")) continue;
    const std::size_t value = line.find_first_not_of("\t ", name.size() + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

bool has_signal(const std::string& set, int number) {
  std::uint64_t bits = 0;
  std::from_chars(set.data(), set.data() + set.size(), bits, 16);
  return (bits >> static_cast<unsigned>(number - 1) & 1U) != 0;
}

}  // namespace

ProgramProcess::ProgramProcess(sim::Guardian& guardian, const ProgramSpec& program,
                               const std::map<std::string, std::string>& environment,
                               std::string output)
    : guardian_(guardian), output_(std::move(output)) {
  std::filesystem::remove(output_);
  sim::ChildOptions options;
  options.command = program.command;
  options.environment = environment;
  options.folder =
      program.folder.empty() ? std::filesystem::current_path().string() : program.folder;
  options.output = output_;
  sim::Result<sim::Child, sim::ChildError> child = sim::Child::start(options);
  if (!child.ok()) throw UnusableInput(child.error().message);
  child_ = std::move(child).value();
  guardian_.watch_group(child_->pid());
}

ProgramProcess::~ProgramProcess() {
  const pid_t leader = child_->pid();
  child_->signal_group(SIGKILL);
  child_.reset();
  guardian_.forget_group(leader);
}

bool ProgramProcess::has_ended() const {
  pollfd asked{child_->descriptor(), POLLIN, 0};
  return ::poll(&asked, 1, 0) == 1;
}

// The group keeps its number until its leader was waited for.
sim::ExitStatus ProgramProcess::end() {
  child_->signal_group(SIGKILL);
  return child_->wait();
}

bool ProgramProcess::handles(int number) const {
  return has_signal(process_field(child_->pid(), "SigCgt"), number) ||
         has_signal(process_field(child_->pid(), "SigIgn"), number);
}

void ProgramProcess::stop() {
  child_->signal_group(SIGSTOP);
  // The signal is sent; that it has arrived only asking shows.
  for (std::string state = "R"; !state.empty();) {
    state = process_field(child_->pid(), "State");
    if (state.starts_with('T') || state.starts_with('Z')) return;
  }
}

void ProgramProcess::go_on() const { child_->signal_group(SIGCONT); }

std::string ProgramProcess::last_lines() const {
  constexpr int shown = 10;
  return sim::last_lines_of(output_, shown);
}

}  // namespace splitproof::harness
