#include "harness/cli/surroundings.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

namespace splitproof::harness {

std::string scenario_folder(const std::string& built_from) {
  std::error_code failure;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
  const std::filesystem::path installed =
      program.parent_path().parent_path() / "share" / "splitproof" / "scenarios";
  if (!failure && std::filesystem::is_directory(installed)) return installed.string();
  return built_from;
}

bool use_colour(ColorChoice choice) {
  if (choice != ColorChoice::automatic) return choice == ColorChoice::always;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && !dumb;
}

bool wants_annotations(const Options& options) {
  if (options.annotations != AnnotationsChoice::automatic) {
    return options.annotations == AnnotationsChoice::github;
  }
  const char* actions = std::getenv("GITHUB_ACTIONS");
  return !options.quiet && actions != nullptr && std::string_view(actions) == "true";
}

std::string in_repository(const std::string& file) {
  namespace fs = std::filesystem;
  if (file.empty()) return "";
  std::error_code failure;
  fs::path root;
  if (const char* workspace = std::getenv("GITHUB_WORKSPACE")) {
    root = workspace;
  } else {
    root = fs::absolute(file, failure).parent_path();
    while (root.has_relative_path() && !fs::exists(root / ".git", failure)) {
      root = root.parent_path();
    }
    if (!root.has_relative_path()) return "";
  }
  std::string relative = fs::absolute(file, failure).lexically_proximate(root).string();
  return relative.starts_with('.') || relative.starts_with('/') ? "" : relative;
}

}  // namespace splitproof::harness
