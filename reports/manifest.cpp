#include "reports/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <system_error>

#include "reports/digest.h"

namespace splitproof::reports {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_line = "# splitproof manifest 1";
constexpr std::string_view chain_begin = "# chain ";
constexpr std::string_view root_begin = "# root ";
constexpr std::string_view algorithm = "sha256:";
constexpr std::size_t hash_length = 64;

std::string without_algorithm(const std::string& hash) {
  return hash.starts_with(algorithm) ? hash.substr(algorithm.size()) : hash;
}

std::string hex_of(std::string_view text) { return without_algorithm(sha256_of(text)); }

std::string line_of(const ManifestFile& file) {
  return fmt::format("{}  {}", without_algorithm(file.hash), file.path);
}

std::string next_link(const std::string& link, const std::string& line) {
  return hex_of(fmt::format("{} {}\n", link, line));
}

std::optional<ManifestFile> file_of(const std::string& line) {
  const bool fits = line.size() > hash_length + 2 && line.substr(hash_length, 2) == "  " &&
                    line.find_first_not_of("0123456789abcdef") == hash_length;
  if (!fits) return std::nullopt;
  return ManifestFile{line.substr(hash_length + 2),
                      std::string(algorithm) + line.substr(0, hash_length)};
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Follows the chain from line to line. Behind a break it goes on from what is written, so that one
// break is named once.
class ManifestReader {
 public:
  Manifest read(std::string_view text) {
    const std::vector<std::string> lines = lines_of(text);
    if (lines.empty() || lines.front() != first_line) {
      complain(fmt::format("does not begin with '{}'", first_line));
    }
    for (std::size_t i = 1; i < lines.size(); ++i) read_line(lines[i], i + 1);
    if (manifest_.root.empty()) complain("has no root at its end");
    return std::move(manifest_);
  }

 private:
  void read_line(const std::string& line, std::size_t number) {
    if (!manifest_.root.empty()) return complain("goes on behind its root", number);
    if (line.starts_with(chain_begin)) return read_link(line.substr(chain_begin.size()), number);
    if (line.starts_with(root_begin)) return read_root(line.substr(root_begin.size()), number);
    const std::optional<ManifestFile> file = file_of(line);
    if (!file) return complain("is no line of a manifest", number);
    if (!manifest_.files.empty() && manifest_.files.back().path >= file->path) {
      complain(fmt::format("names {} behind {}: the files stand in another order", file->path,
                           manifest_.files.back().path),
               number);
    }
    expected_ = next_link(link_, line);
    manifest_.files.push_back(*file);
  }

  void read_link(const std::string& link, std::size_t number) {
    if (link != expected_) {
      const std::string path =
          manifest_.files.empty() ? "the first file" : manifest_.files.back().path;
      complain(fmt::format("breaks the chain at {}: its line, or what stood before it, was changed",
                           path),
               number);
    }
    link_ = link;
  }

  void read_root(const std::string& root, std::size_t number) {
    manifest_.root = root;
    if (root != std::string(algorithm) + link_) {
      complain("has another root than its chain ends in", number);
    }
  }

  void complain(std::string what, std::size_t number = 0) {
    if (number != 0) what = fmt::format("line {} {}", number, what);
    manifest_.changed.push_back({std::string(manifest_name), std::move(what)});
  }

  Manifest manifest_;
  std::string link_ = hex_of(std::string(first_line) + "\n");
  std::string expected_ = link_;
};

std::optional<std::string> text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// Everything below the folder but folders, by its path in it.
std::map<std::string, fs::path> files_below(const fs::path& folder) {
  std::map<std::string, fs::path> files;
  std::error_code failure;
  fs::recursive_directory_iterator entry(folder, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    if (entry->is_directory(failure) && !entry->is_symlink(failure)) continue;
    files.emplace(entry->path().lexically_relative(folder).generic_string(), entry->path());
  }
  return files;
}

std::string change_of(const ManifestFile& file, const fs::path& path) {
  if (!fs::is_regular_file(fs::symlink_status(path))) return "is no file any more";
  const std::optional<std::string> text = text_of(path);
  if (!text) return "cannot be read";
  return sha256_of(*text) == file.hash ? "" : "was changed: it has another SHA-256";
}

}  // namespace

std::string render_manifest(std::vector<ManifestFile> files) {
  std::ranges::sort(files, {}, &ManifestFile::path);
  std::string text = std::string(first_line) + "\n";
  std::string link = hex_of(text);
  for (const ManifestFile& file : files) {
    const std::string line = line_of(file);
    link = next_link(link, line);
    text += fmt::format("{}\n{}{}\n", line, chain_begin, link);
  }
  return text + fmt::format("{}{}{}\n", root_begin, algorithm, link);
}

Manifest parse_manifest(std::string_view text) { return ManifestReader().read(text); }

std::string manifest_of(const std::string& folder) {
  return (fs::path(folder) / manifest_name).string();
}

std::string root_line(const std::string& manifest) {
  const std::optional<std::string> text = text_of(manifest);
  return text ? fmt::format("manifest: {}\n", parse_manifest(*text).root) : "";
}

harness::VerificationVerdict check_folder(const std::string& folder, const std::string& root) {
  harness::VerificationVerdict verdict;
  verdict.folder = folder;
  std::map<std::string, fs::path> there = files_below(folder);
  const auto written = there.find(std::string(manifest_name));
  const std::optional<std::string> text =
      written == there.end() ? std::nullopt : text_of(written->second);
  if (!text) {
    verdict.lacks.emplace_back(
        "MANIFEST, so that nobody can say whether a file was changed: the report is that of an "
        "older program, or it was removed");
    if (!root.empty()) verdict.changed.push_back({std::string(manifest_name), "was removed"});
    return verdict;
  }
  Manifest manifest = parse_manifest(*text);
  verdict.root = manifest.root;
  verdict.files = static_cast<std::int64_t>(manifest.files.size());
  verdict.changed = std::move(manifest.changed);
  if (!root.empty() && root != manifest.root) {
    verdict.changed.push_back(
        {std::string(manifest_name),
         fmt::format("has the root {}; expected {}, as it was printed", manifest.root, root)});
  }
  there.erase(written);
  there.erase(std::string(signature_name));
  for (const ManifestFile& file : manifest.files) {
    const auto found = there.find(file.path);
    const std::string change =
        found == there.end() ? "was removed" : change_of(file, found->second);
    if (!change.empty()) verdict.changed.push_back({file.path, change});
    if (found != there.end()) there.erase(found);
  }
  for (const auto& [path, file] : there) {
    verdict.changed.push_back({path, "is not in MANIFEST: it was added, or lay there before"});
  }
  std::ranges::stable_sort(verdict.changed, {}, &harness::FileChange::path);
  return verdict;
}

}  // namespace splitproof::reports
