#include "harness/preload/program_setting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>

#include "harness/preload/protocol.h"
#include "harness/run/failure.h"

namespace splitproof::harness {

namespace {

constexpr const char* library_name = "libsplitproof_preload.so";

std::string with_code(std::string word, const std::string& code) {
  constexpr std::string_view hole = "{code}";
  for (std::size_t at = word.find(hole); at != std::string::npos;) {
    word.replace(at, hole.size(), code);
    at = word.find(hole, at + code.size());
  }
  return word;
}

}  // namespace

std::vector<std::string> command_of(const OperationSpec& operation, const std::string& code) {
  std::vector<std::string> words;
  for (const std::string& word : operation.program->command) {
    words.push_back(with_code(word, operation.code.empty() ? code : operation.code));
  }
  return words;
}

std::map<std::string, std::string> environment_of(const ProgramSpec& program,
                                                  const ProgramPlaces& places,
                                                  const std::map<std::string, std::string>& ours) {
  std::map<std::string, std::string> all = ours;
  for (const auto& [name, value] : program.environment) all[name] = value;
  all["SQLITE_PATH"] = places.database;
  all[preload::socket_variable] = places.socket;
  all[preload::database_variable] = places.database;
  std::string& libraries = all["LD_PRELOAD"];
  libraries = libraries.empty() ? places.library : places.library + ":" + libraries;
  return all;
}

std::map<std::string, std::string> own_surroundings() {
  std::map<std::string, std::string> ours;
  for (const char* const name : {"PATH", "HOME", "LANG", "TZ"}) {
    if (const char* const value = std::getenv(name)) ours[name] = value;
  }
  return ours;
}

std::string last_lines(std::string_view text, int count) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  std::size_t begin = text.size();
  for (int lines = 0; lines < count && begin != std::string_view::npos && begin > 0; ++lines) {
    begin = text.rfind('\n', begin - 1);
  }
  if (begin == std::string_view::npos) return std::string(text);
  if (begin < text.size() && text[begin] == '\n') ++begin;
  return std::string(text.substr(begin));
}

std::string preload_library() {
  std::error_code failure;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::filesystem::path folder = program.parent_path();
  const std::vector<std::string> places{
      (folder / library_name).string(),
      (folder.parent_path() / "lib" / library_name).string(),
      SPLITPROOF_PRELOAD_LIBRARY,
  };
  for (const std::string& place : places) {
    if (std::filesystem::exists(place, failure)) return place;
  }
  throw HarnessFailure(
      fmt::format("the library that programs on SQLite are watched by, {}, is not there; it was "
                  "looked for at {}",
                  library_name, fmt::join(places, ", ")));
}

}  // namespace splitproof::harness
