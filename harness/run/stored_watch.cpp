#include "harness/run/stored_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <optional>

#include "harness/plan/fault.h"
#include "sim/disk/power_loss.h"

namespace splitproof::harness {

namespace {

// More than these are counted only.
constexpr std::size_t named_max = 3;

// As people know what SQLite keeps beside "db".
std::string file_in_words(const std::string& file) {
  if (file == "db") return "the database file";
  if (file == "db-journal") return "the journal";
  if (file == "db-wal") return "the write-ahead log";
  return file;
}

// "sector 3 of /db-journal" without the folder that each file lies in.
std::string item_in_words(const sim::PowerLoss& loss, std::size_t item) {
  std::string text = loss.describe(item);
  const std::size_t folder = text.find(" /");
  if (folder != std::string::npos) text.erase(folder + 1, 1);
  return text;
}

// "the journal (4 sectors, size), the removal of …": what may be lost, file by file.
std::string unsynced_in_words(const sim::PowerLoss& loss) {
  struct OfFile {
    int sectors = 0;
    bool size = false;
  };
  std::map<std::string, OfFile> files;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < loss.items(); ++i) {
    const std::string item = item_in_words(loss, i);
    const std::size_t of = item.find(" of ");
    const std::string file = item.substr(of + 4, item.find(',') - of - 4);
    if (item.starts_with("sector ")) {
      ++files[file].sectors;
    } else if (item.starts_with("size ")) {
      files[file].size = true;
    } else {
      parts.push_back(item.substr(0, of + 4) + file_in_words(file));
    }
  }
  for (const auto& [file, open] : files) {
    const std::string sectors =
        fmt::format("{} {}", open.sectors, open.sectors == 1 ? "sector write" : "sector writes");
    parts.push_back(fmt::format("{} ({}{})", file_in_words(file), open.sectors > 0 ? sectors : "",
                                !open.size         ? ""
                                : open.sectors > 0 ? ", size"
                                                   : "size"));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string named(const sim::PowerLoss& loss, const std::vector<std::size_t>& items) {
  std::vector<std::string> names;
  for (const std::size_t item : items) names.push_back(item_in_words(loss, item));
  return fmt::format("{}", fmt::join(names, ", "));
}

// What was left of what was not synced.
std::string loss_in_words(const sim::PowerLoss& loss, const sim::Survivors& survivors) {
  std::vector<std::size_t> kept;
  std::vector<std::size_t> lost;
  for (std::size_t i = 0; i < survivors.keep.size(); ++i) {
    (survivors.keep[i] ? kept : lost).push_back(i);
  }
  if (survivors.keep.empty()) return "nothing was unsynced, and nothing is lost";
  std::string text =
      fmt::format("of {} unsynced changes {} are there", survivors.keep.size(), kept.size());
  if (lost.empty()) {
    text += ", none is lost";
  } else if (lost.size() <= named_max) {
    text += fmt::format("; lost: {}", named(loss, lost));
  } else if (!kept.empty() && kept.size() <= named_max) {
    text += fmt::format(": {}", named(loss, kept));
  }
  if (survivors.torn && survivors.torn->item < loss.items()) {
    text += fmt::format("; torn: {} ({})", item_in_words(loss, survivors.torn->item),
                        sim::to_string(survivors.torn->tear));
  }
  return text;
}

// The file of "sync db-journal".
std::string synced_file(const Event& event) {
  const std::size_t blank = event.name.find(' ');
  return file_in_words(blank == std::string::npos ? "" : event.name.substr(blank + 1));
}

}  // namespace

void StoredWatch::note(const Event& event) {
  const std::optional<Fault> fault = parse_fault(event.struck);
  const sim::PowerLoss loss(world_.disk().state(), world_.disk().persona());
  if (const auto* const cut = fault ? std::get_if<CutPower>(&*fault) : nullptr) {
    words_.push_back(fmt::format("the power failed: {}", loss_in_words(loss, cut->survivors)));
    for (const CutPower::Again& again : cut->again) {
      words_.back() += fmt::format("; it failed again at change {} of the recovery", again.change);
    }
    return;
  }
  if (!world_.has_power()) {
    words_.push_back(words_.empty() ? "" : words_.back());
    return;
  }
  if (fault && std::holds_alternative<LoseSync>(*fault)) forgotten_ = synced_file(event);
  std::string text;
  if (!forgotten_.empty()) {
    text = fmt::format("forgotten by a sync that failed: what was written to {}; ", forgotten_);
  }
  words_.push_back(text + (loss.items() == 0 ? "nothing is unsynced"
                                             : "not synced: " + unsynced_in_words(loss)));
}

}  // namespace splitproof::harness
