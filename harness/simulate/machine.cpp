#include "harness/simulate/machine.h"

#include <utility>
#include <vector>

#include "harness/simulate/chance.h"
#include "sim/disk/power_loss.h"

namespace splitproof::harness::life {
namespace {

sim::Persona honest() { return sim::persona_named("honest").value(); }

sim::DiskDatabaseOptions options_of(const Swarm& swarm) {
  sim::DiskDatabaseOptions options;
  options.journal = swarm.journal;
  options.synchronous = swarm.synchronous;
  return options;
}

}  // namespace

Machine::Machine(const Swarm& swarm, std::uint64_t seed)
    : seed_(seed),
      crew_(sim::Instant{std::chrono::sys_days{swarm.start}}),
      disk_(honest()),
      mishaps_(disk_),
      database_(disk_, crew_, options_of(swarm)),
      zone_(sim::TimeZone::find(swarm.zone).value()),
      journal_(swarm.journal),
      copy_(honest()),
      copied_database_(copy_, crew_, options_of(swarm)) {
  database_.reseed(stream(seed, Purpose::disk));
  disk_.set_gate(&mishaps_);
}

bool Machine::strike(const Kill& kill) {
  if (journal_ == sim::JournalMode::wal && mishaps_.has_lost_sync()) return false;
  power_.reset();
  mishaps_.stop_after(kill.operations);
  return true;
}

void Machine::strike(const PowerFailure& power) {
  power_ = power;
  mishaps_.stop_after(power.operations);
}

bool Machine::goes_down() {
  if (down_) return true;
  std::optional<sim::DiskState> left = mishaps_.stopped();
  if (!left) return false;
  left_ = std::move(left);
  struck_turn_ = crew_.turn();
  down_ = true;
  return true;
}

sim::DiskImage Machine::after_power_failure(const sim::DiskState& state,
                                            Restarted& restarted) const {
  const sim::PowerLoss loss(state, honest());
  if (power_->survivors && loss.can_be(*power_->survivors)) {
    restarted.survivors = power_->survivors;
    return loss.image(*power_->survivors);
  }
  // All sets would be too many to choose from; this takes the extremes, each single one missing,
  // some samples, and every torn sector.
  const sim::CrashOptions options{
      .all_max = 0, .samples = 12, .seed = mix(seed_, power_->draw), .tear = true};
  std::vector<sim::CrashImage> images;
  loss.visit(options, [&images](const sim::CrashImage& image) {
    images.push_back(image);
    return true;
  });
  const sim::CrashImage& drawn = images.at(power_->draw % images.size());
  restarted.survivors = drawn.survivors;
  return drawn.image;
}

Machine::Restarted Machine::restart() {
  Restarted restarted;
  if (left_) {
    if (power_) {
      restarted.power = true;
      mishaps_.forget_lost_sync();
      const sim::DiskImage image = after_power_failure(*left_, restarted);
      restarted.image = image.digest();
      disk_.restore(image);
    } else {
      restarted.image = left_->seen().digest();
      disk_.restore(*std::move(left_));
    }
  }
  left_.reset();
  power_.reset();
  down_ = false;
  // The journals' own chance starts anew, so that a life without this crash has it too.
  database_.reseed(mix(stream(seed_, Purpose::disk), ++restarts_));
  return restarted;
}

sim::Answer<sim::Session*> Machine::look_at_copy() {
  look_.reset();
  copy_.restore(disk_.state().seen());
  auto opened = copied_database_.look();
  if (!opened.ok()) return opened.error();
  look_ = std::move(opened).value();
  return look_.get();
}

}  // namespace splitproof::harness::life
