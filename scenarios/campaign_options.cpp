#include "scenarios/campaign_options.h"

#include <unistd.h>

#include <chrono>
#include <thread>

#include "harness/cli/stop_signals.h"

namespace splitproof::scenarios {

harness::CampaignOptions campaign_options(const harness::Options& options,
                                          harness::Progress& progress, const std::string& version) {
  harness::CampaignOptions campaign;
  campaign.seed = options.seed;
  campaign.exploration = options.exploration;
  campaign.jobs = options.jobs.value_or(static_cast<int>(std::thread::hardware_concurrency()));
  campaign.statement_limit = options.statement_limit;
  campaign.plan = options.plan;
  campaign.version = version;
  campaign.redact = options.redact;
  const auto begin = std::chrono::steady_clock::now();
  campaign.stopped = [budget = options.budget, begin] {
    if (harness::stop_signal() != 0) return true;
    return budget && std::chrono::steady_clock::now() - begin > *budget;
  };
  if (options.budget) {
    campaign.spent = [budget = *options.budget, begin] {
      const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - begin;
      return gone / budget;
    };
  }
  if (options.progress == harness::ProgressChoice::automatic && !options.quiet &&
      ::isatty(STDERR_FILENO) == 1) {
    campaign.progress = [&progress](std::size_t cases, std::int64_t runs, const std::string& name) {
      progress.show(cases, runs, name);
    };
  }
  return campaign;
}

}  // namespace splitproof::scenarios
