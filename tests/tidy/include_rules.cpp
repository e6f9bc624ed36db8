#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <regex>

#include "tests/tidy/rules.h"

namespace splitproof::tidy {

namespace {

struct Include {
  std::size_t line;
  std::string target;
  bool quoted;
};

std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex pattern(R"rx(^\s*#\s*include\s*(["<])([^">]+)[">])rx");
  std::vector<Include> includes;
  std::size_t number = 0;
  for (const std::string& line : lines_of(file.text)) {
    ++number;
    if (line.find("include") == std::string::npos) continue;
    std::smatch match;
    if (std::regex_search(line, match, pattern)) {
      includes.push_back({number, match[2], match[1] == "\""});
    }
  }
  return includes;
}

bool starts_with_one_of(std::string_view text, const std::vector<std::string_view>& starts) {
  return std::ranges::any_of(starts,
                             [text](std::string_view start) { return text.starts_with(start); });
}

// What files below `path` may include; the first entry that fits a file holds.
struct Arrow {
  std::string_view path;
  std::vector<std::string_view> targets;
};

const std::vector<Arrow>& arrows() {
  static const std::vector<Arrow> all{
      {"sim/base/", {"sim/base/"}},
      {"sim/sql/", {"sim/base/", "sim/sql/"}},
      {"sim/", {"sim/"}},
      {"harness/verdict/", {"harness/verdict/"}},
      {"harness/", {"harness/", "sim/"}},
      {"reports/", {"reports/", "harness/verdict/"}},
      {"scenarios/main.cpp", {"scenarios/", "harness/", "sim/", "reports/"}},
      {"scenarios/", {"scenarios/", "harness/", "sim/"}},
      {"tests/", {"tests/", "scenarios/", "harness/", "sim/", "reports/"}},
  };
  return all;
}

// Where a library may be included.
struct Wrapping {
  std::string_view header;  // How its headers start.
  std::vector<std::string_view> paths;
  bool sources_only;  // Not in headers, which would spread it.
};

const std::vector<Wrapping>& wrappings() {
  static const std::vector<Wrapping> all{
      {"sqlite3.h", {"sim/sql/sqlite/", "sim/disk/"}, false},
      {"pqxx/", {"sim/sql/postgres/"}, false},
      {"libpq-fe.h", {"sim/sql/postgres/"}, false},
      {"boost/", {"sim/process/"}, true},
      {"date/", {"sim/base/", "harness/property/local_day.cpp"}, true},
      {"yaml-cpp/", {"harness/run/"}, true},
      {"CLI/", {"harness/cli/", "sim/aggregator/", "scenarios/mutants/before_main.cpp"}, true},
      {"nlohmann/", {"reports/", "harness/run/"}, true},
      {"openssl/", {"reports/digest.cpp", "harness/oracle/"}, true},
      {"zlib.h", {"reports/html/pack.cpp"}, true},
      {"rapidcheck", {"harness/property/"}, true},
      {"gtest/", {}, true},
      {"gmock/", {}, true},
      {"benchmark/", {}, true},
  };
  return all;
}

}  // namespace

Complaints include_arrows(const SourceFile& file) {
  if (!is_cpp(file)) return {};
  const auto arrow = std::ranges::find_if(
      arrows(), [&file](const Arrow& one) { return file.path.starts_with(one.path); });
  Complaints complaints;
  for (const Include& include : includes_of(file)) {
    if (!include.quoted) continue;
    if (arrow != arrows().end() && starts_with_one_of(include.target, arrow->targets)) continue;
    complaints.push_back(
        {"include-arrow", file.path, include.line,
         fmt::format("includes \"{}\"; this room may include only {}", include.target,
                     arrow == arrows().end()
                         ? "what a room of its own allows"
                         : fmt::format("{}", fmt::join(arrow->targets, ", ")))});
  }
  return complaints;
}

Complaints third_party_includes(const SourceFile& file) {
  // Tests may look behind every wrapping.
  if (!is_cpp(file) || room_of(file.path) == "tests") return {};
  Complaints complaints;
  for (const Include& include : includes_of(file)) {
    const auto wrapping = std::ranges::find_if(wrappings(), [&include](const Wrapping& one) {
      return include.target.starts_with(one.header);
    });
    if (wrapping == wrappings().end()) continue;
    const bool allowed = starts_with_one_of(file.path, wrapping->paths) &&
                         !(wrapping->sources_only && is_header(file));
    if (allowed) continue;
    complaints.push_back({"third-party", file.path, include.line,
                          fmt::format("includes <{}>, which belongs into {}{}", include.target,
                                      wrapping->sources_only ? "the .cpp files of " : "",
                                      wrapping->paths.empty()
                                          ? "tests/"
                                          : fmt::format("{}", fmt::join(wrapping->paths, ", ")))});
  }
  return complaints;
}

Complaints header_opening(const SourceFile& file) {
  if (!is_header(file)) return {};
  Complaints complaints;
  if (!file.text.starts_with("// ")) {
    complaints.push_back({"header", file.path, 1,
                          "does not open with a comment that says what it is, which rule it keeps "
                          "and what it does not do"});
  }
  const std::vector<std::string> lines = lines_of(file.text);
  if (std::ranges::find(lines, "#pragma once") == lines.end()) {
    complaints.push_back({"header", file.path, 1, "has no line \"#pragma once\""});
  }
  return complaints;
}

}  // namespace splitproof::tidy
