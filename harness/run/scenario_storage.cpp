// `storage` and `server` of a variant: the simulated disk that it runs on, on SQLite, and the
// server, on PostgreSQL, which may lie on one.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/run/scenario_parts.h"
#include "sim/disk/persona.h"

namespace splitproof::harness {

namespace {

using sim::JournalMode;
using sim::Synchronous;

constexpr std::array journals{JournalMode::remove, JournalMode::truncate, JournalMode::persist,
                              JournalMode::memory, JournalMode::off,      JournalMode::wal};
constexpr std::array levels{Synchronous::off, Synchronous::normal, Synchronous::full,
                            Synchronous::extra};

template <class Choices>
std::vector<std::string> words_of(const Choices& choices) {
  std::vector<std::string> words;
  for (const auto choice : choices) words.emplace_back(sim::to_string(choice));
  return words;
}

// A word that was refused stands for the first choice.
template <class Choices>
auto chosen(const Choices& choices, const std::string& word) {
  const auto found = std::ranges::find(
      choices, word, [](const auto choice) { return std::string(sim::to_string(choice)); });
  return found == choices.end() ? choices.front() : *found;
}

std::vector<std::string> persona_names() {
  std::vector<std::string> names;
  for (const sim::Persona& persona : sim::personas()) names.emplace_back(persona.name);
  return names;
}

bool claims_durable(Fields& fields) {
  return fields.word_or("claim", {"contract", "durable"}, "contract") == "durable";
}

int read_images_max(Fields& fields, const ServerSpec& spec, FirstRefusal& refusal) {
  constexpr std::string_view key = "power_images_max";
  if (!fields.has(key)) return spec.power_images_max;
  const std::string text = fields.text(key);
  constexpr int most = 1000;
  const char* const end = text.data() + text.size();
  int number = 0;
  const auto [parsed, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || parsed != end || number < 1 || number > most) {
    refusal.refuse(
        fields.place_of(key),
        fmt::format("found '{}' as '{}'; expected a number from 1 to {}: how many images "
                    "of the disk are recovered",
                    text, key, most));
  } else if (spec.settings.disk.empty()) {
    refusal.refuse(
        fields.place_of(key),
        fmt::format("found '{}' without 'disk'; expected it only where the server lies on "
                    "a simulated disk",
                    key));
  }
  return number;
}

}  // namespace

StorageSpec read_storage(const YamlNode& node, FirstRefusal& refusal) {
  Fields fields(node, "the storage of a variant", {"journal", "synchronous", "disk", "claim"},
                refusal);
  StorageSpec spec;
  spec.setting.journal = chosen(journals, fields.word_or("journal", words_of(journals), "delete"));
  spec.setting.synchronous =
      chosen(levels, fields.word_or("synchronous", words_of(levels), "full"));
  spec.setting.persona = fields.word_or("disk", persona_names(), "honest");
  spec.claims_durable = claims_durable(fields);
  return spec;
}

ServerSpec read_server(const YamlNode& node, FirstRefusal& refusal) {
  Fields fields(
      node, "the server of a variant",
      {"fsync", "synchronous_commit", "full_page_writes", "disk", "power_images_max", "claim"},
      refusal);
  const auto is_on = [&](std::string_view key) {
    return fields.word_or(key, {"on", "off"}, "on") == "on";
  };
  ServerSpec spec;
  spec.settings = {.fsync = is_on("fsync"),
                   .synchronous_commit = is_on("synchronous_commit"),
                   .full_page_writes = is_on("full_page_writes"),
                   .disk = ""};
  if (fields.find("disk") != nullptr) {
    spec.settings.disk = fields.word_or("disk", persona_names(), "honest");
  }
  spec.power_images_max = read_images_max(fields, spec, refusal);
  spec.claims_durable = claims_durable(fields);
  return spec;
}

}  // namespace splitproof::harness
