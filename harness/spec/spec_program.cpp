#include "harness/spec/spec_program.h"

#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "harness/cli/stop_signals.h"
#include "harness/run/failure.h"
#include "harness/run/worlds.h"
#include "harness/spec/spec_parser.h"
#include "harness/spec/spec_runner.h"
#include "harness/spec/spec_text.h"
#include "sim/process/guardian.h"
#include "sim/server/postgres_server.h"
#include "sim/sql/postgres/postgres_session.h"

namespace splitproof::harness {
namespace {

constexpr int spec_failed = 1;
constexpr int spec_undecided = 2;
constexpr int spec_environment = 4;

// Where the specs run: our own server, or the one of the URL.
class SpecTarget {
 public:
  SpecTarget(const std::string& target, sim::Guardian& guardian) : url_(target) {
    if (target != "postgres") return;
    auto server = sim::PostgresServer::start(guardian);
    if (!server.ok()) throw HarnessFailure(server.error().message);
    server_ = std::move(server).value();
  }

  // A database of its own on our server; the URL's as it is.
  std::string connection_for(std::size_t number) const {
    if (server_ == nullptr) return url_;
    const std::string name = fmt::format("isolation_{}", number);
    ask(fmt::format("CREATE DATABASE {}", name));
    return server_->connection(name);
  }

  std::string version() const {
    if (server_ != nullptr) return server_->version();
    const auto session = connected();
    const sim::Answer<std::string> answer = sim::postgres_version(*session);
    if (!answer.ok()) throw unusable(answer.error());
    return answer.value();
  }

 private:
  std::unique_ptr<sim::PostgresSession> connected() const {
    auto session = sim::PostgresSession::connect(server_ == nullptr ? url_ : server_->connection());
    if (!session.ok()) throw unusable(session.error());
    return std::move(session).value();
  }

  void ask(const std::string& statement) const {
    const sim::Answer<sim::Rows> answer = connected()->execute(statement);
    if (!answer.ok()) throw unusable(answer.error());
  }

  static HarnessFailure unusable(const sim::Error& error) {
    return HarnessFailure(fmt::format("the database server cannot be used: {} ({})", error.message,
                                      error.native_code));
  }

  std::string url_;
  std::unique_ptr<sim::PostgresServer> server_;
};

struct SpecFile {
  std::string path;
  IsolationSpec spec;
};

std::vector<SpecFile> read_specs(const std::vector<std::string>& paths) {
  std::vector<SpecFile> files;
  for (const std::string& path : paths) {
    auto spec = read_isolation_spec(path);
    if (!spec.ok()) throw UnusableInput(to_string(spec.error()));
    files.push_back({path, std::move(spec).value()});
  }
  return files;
}

void add(SpecTotals& all, const SpecTotals& one) {
  all.ran += one.ran;
  all.inconclusive += one.inconclusive;
  all.waited += one.waited;
  all.refused += one.refused;
  all.warnings += one.warnings;
  all.complete = all.complete && one.complete;
}

// Hears everything and says nothing.
class SpecSilence final : public SpecListener {
 public:
  void out(const std::string&) override {}
  void complain(const std::string&) override {}
  void ended(const SpecOutcome&) override {}
};

SpecTotals run_all(const std::vector<SpecFile>& files, const Options& options,
                   const std::string& version) {
  std::ostream& out = std::cout;
  const std::unique_ptr<sim::Guardian> guardian = sim::Guardian::start();
  const SpecTarget target(options.targets.front(), *guardian);
  const bool transcript = options.spec_form == SpecForm::isolation;
  SpecSummary summary(out);
  SpecTranscript original(out, std::cerr);
  SpecSilence silence;
  SpecListener* listener = &summary;
  if (transcript) listener = &original;
  if (options.quiet) listener = &silence;
  if (listener == &summary) {
    out << fmt::format("splitproof {}, PostgreSQL {}\n", version, target.version());
  }
  SpecTotals totals;
  std::size_t number = 0;
  for (const SpecFile& file : files) {
    if (stop_signal() != 0) break;
    if (listener == &summary) summary.begin(file.path, file.spec);
    const SpecRunOptions run{.file = file.path,
                             .connection = target.connection_for(++number),
                             .limits = {options.step_limit, [] { return stop_signal() != 0; }},
                             .ends_as_original = transcript};
    add(totals, run_isolation_spec(file.spec, run, *listener));
  }
  if (listener == &summary) out << spec_conclusion(totals, options.strict) << std::flush;
  return totals;
}

}  // namespace

int run_spec_files(const Options& options, const std::string& version) {
  const auto complain = [](const std::exception& failure, int code) {
    std::cout.flush();
    std::cerr << "splitproof: " << without_password(failure.what()) << '\n';
    return code;
  };
  try {
    const SpecTotals totals = run_all(read_specs(options.specs), options, version);
    if (stop_signal() != 0) return 128 + stop_signal();
    if (totals.inconclusive > 0 || !totals.complete) return spec_undecided;
    return options.strict && totals.warnings > 0 ? spec_failed : 0;
  } catch (const UnusableInput& unusable) {
    return complain(unusable, exit_usage);
  } catch (const HarnessFailure& failure) {
    return complain(failure, spec_environment);
  }
}

}  // namespace splitproof::harness
