#include "harness/preload/program_setting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "harness/preload/protocol.h"
#include "harness/program/program_environment.h"
#include "harness/run/failure.h"

namespace splitproof::harness {

namespace {

constexpr const char* library_name = "libsplitproof_preload.so";

}  // namespace

std::map<std::string, std::string> environment_of(const ProgramSpec& program,
                                                  const ProgramPlaces& places) {
  std::map<std::string, std::string> all =
      program_environment(program, {{"SQLITE_PATH", places.database},
                                    {preload::socket_variable, places.socket},
                                    {preload::database_variable, places.database}});
  std::string& libraries = all["LD_PRELOAD"];
  libraries = libraries.empty() ? places.library : places.library + ":" + libraries;
  return all;
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
