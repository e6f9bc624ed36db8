#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "tests/tidy/rules.h"

namespace splitproof::tidy {

namespace {

// A regular expression takes microseconds a line, and most lines have nothing to do with it: only
// those are matched that contain one of the WORDS.
struct Pattern {
  std::vector<std::string_view> words;
  std::regex regex;
  std::string message;
};

bool concerns(const Pattern& pattern, std::string_view text) {
  return std::ranges::any_of(pattern.words, [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

Complaints matches(const std::string& rule, const SourceFile& file, std::string_view text,
                   const std::vector<Pattern>& patterns) {
  Complaints complaints;
  std::size_t number = 0;
  for (const std::string& line : lines_of(text)) {
    ++number;
    for (const Pattern& pattern : patterns) {
      std::smatch match;
      if (!concerns(pattern, line)) continue;
      if (!std::regex_search(line, match, pattern.regex)) continue;
      complaints.push_back(
          {rule, file.path, number, fmt::format("{}: {}", match.str(), pattern.message)});
    }
  }
  return complaints;
}

const std::vector<Pattern>& banned_patterns() {
  static const std::vector<Pattern> all{
      {{"sleep"},
       std::regex(R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\()"),
       "a sleep orders nothing; wait for what is meant, or use sim::Clock"},
      {{"rand"},
       std::regex(R"(\brandom_device\b|\bs?rand\s*\()"),
       "hidden chance; draw from sim::Rng"},
      {{"system_clock", "gettimeofday", "time"},
       std::regex(R"(\b(system_clock::now|gettimeofday)\b|\btime\s*\(\s*(nullptr|NULL|0)\s*\))"),
       "a hidden clock; ask sim::Clock"},
      {{"std::"},
       std::regex(R"(\bstd::(shuffle|sample|\w+_distribution)\b)"),
       "libraries differ in it; draw from sim::Rng"},
      {{"GTEST_SKIP", "DISABLED_"},
       std::regex(R"(\bGTEST_SKIP\b|\bDISABLED_\w+)"),
       "a test runs or is not there"},
      {{"SUCCEED", "_TRUE"},
       std::regex(R"(\bSUCCEED\s*\(|\b(EXPECT|ASSERT)_TRUE\s*\(\s*true\s*\))"),
       "a test that cannot fail"},
  };
  return all;
}

// Words in two halves, so that this file does not complain about itself.
const std::vector<Pattern>& unfinished_patterns() {
  static const std::vector<Pattern> all{
      {{"TO"
        "DO",
        "FIX"
        "ME",
        "X"
        "XX"},
       std::regex("\\b(TO"
                  "DO|FIX"
                  "ME|X"
                  "XX)\\b"),
       "finish it, or say the gap in the README"},
  };
  return all;
}

const std::vector<Pattern>& machine_patterns() {
  static const std::vector<Pattern> all{
      {{"work/", "root/", "home/", "bash_jobs/"},
       std::regex("(^|[^A-Za-z0-9_.*])/(work|root|home/[a-z]+|tmp/bash_jobs)/"),
       "a path of one machine"},
  };
  return all;
}

std::set<std::string> unordered_names(const std::string& code) {
  if (code.find("unordered_") == std::string::npos) return {};
  static const std::regex declaration(R"(\bunordered_(?:multi)?(?:map|set)\s*<)");
  std::set<std::string> names;
  for (std::sregex_iterator it(code.begin(), code.end(), declaration), end; it != end; ++it) {
    // The name follows the bracket that closes the template's arguments.
    auto at = static_cast<std::size_t>(it->position() + it->length());
    for (int open = 1; at < code.size() && open > 0; ++at) {
      if (code[at] == '<') ++open;
      if (code[at] == '>') --open;
    }
    static const std::regex name(R"(^[\s&*]*(?:const\s+)?(\w+))");
    std::smatch match;
    const std::string rest = code.substr(at, 200);
    if (std::regex_search(rest, match, name)) names.insert(match[1]);
  }
  return names;
}

}  // namespace

Complaints banned_calls(const SourceFile& file) {
  if (!is_cpp(file)) return {};
  return matches("banned-call", file, code_of(file.text), banned_patterns());
}

Complaints unordered_loops(const SourceFile& file) {
  if (!is_cpp(file)) return {};
  const std::string code = code_of(file.text);
  std::vector<Pattern> patterns;
  const std::set<std::string> names = unordered_names(code);
  for (const std::string& name : names) {
    patterns.push_back({{name},
                        std::regex(R"(\bfor\s*\([^;]*:\s*)" + name + R"(\s*\))"),
                        "the order of an unordered container is nobody's choice"});
  }
  return matches("unordered-loop", file, code, patterns);
}

Complaints unfinished_words(const SourceFile& file) {
  return matches("unfinished", file, file.text, unfinished_patterns());
}

Complaints machine_paths(const SourceFile& file) {
  return matches("machine-path", file, file.text, machine_patterns());
}

Complaints unlisted_scenarios(const std::vector<std::string>& scenario_files,
                              const SourceFile& readme) {
  std::string table;
  for (const std::string& line : lines_of(readme.text)) {
    if (line.starts_with("|")) table += line + "\n";
  }
  Complaints complaints;
  for (const std::string& path : scenario_files) {
    const std::size_t start = path.rfind('/') + 1;
    const std::string name = path.substr(start, path.rfind('.') - start);
    if (std::regex_search(table, std::regex("(^|[^a-z-])" + name + "([^a-z-]|$)"))) continue;
    complaints.push_back({"scenario-table", path, 0,
                          fmt::format("{} is in no row of a table in {}", name, readme.path)});
  }
  return complaints;
}

AllowanceList read_allowances(const SourceFile& list) {
  static const std::regex pattern(R"(^([a-z-]+) (\S+): (\S.*)$)");
  AllowanceList result;
  std::size_t number = 0;
  for (const std::string& line : lines_of(list.text)) {
    ++number;
    if (line.empty() || line.starts_with("#")) continue;
    std::smatch match;
    if (std::regex_match(line, match, pattern)) {
      result.allowances.push_back({match[1], match[2], match[3], number});
    } else {
      result.complaints.push_back({"allowance", list.path, number,
                                   "expected \"rule path: reason\", found \"" + line + "\""});
    }
  }
  return result;
}

Complaints without_allowed(const Complaints& complaints, const AllowanceList& list,
                           const std::string& list_path) {
  const auto covers = [](const Allowance& allowance, const Complaint& complaint) {
    return allowance.rule == complaint.rule && allowance.path == complaint.path;
  };
  Complaints rest = list.complaints;
  for (const Complaint& complaint : complaints) {
    if (std::ranges::none_of(list.allowances, [&](const Allowance& allowance) {
          return covers(allowance, complaint);
        })) {
      rest.push_back(complaint);
    }
  }
  for (const Allowance& allowance : list.allowances) {
    if (std::ranges::none_of(
            complaints, [&](const Complaint& complaint) { return covers(allowance, complaint); })) {
      rest.push_back({"allowance", list_path, allowance.line,
                      fmt::format("{} needs no exception from {}; take the line out",
                                  allowance.path, allowance.rule)});
    }
  }
  return rest;
}

}  // namespace splitproof::tidy
