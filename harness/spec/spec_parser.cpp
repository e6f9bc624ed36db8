#include "harness/spec/spec_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "harness/spec/spec_lexer.h"

namespace splitproof::harness {
namespace {

using SpecKind = SpecWord::Kind;

// Names in a permutation may come before the steps are all known to be named rightly, so they are
// looked up when the whole file is read.
struct NamedBlocker {
  SpecBlocker::Kind kind;
  SpecWord step;
  std::int64_t count = 0;
};

struct NamedUse {
  SpecWord step;
  std::vector<NamedBlocker> blockers;
};

class SpecParser {
 public:
  SpecParser(const std::string& text, const std::string& name) : lexer_(text, name) { advance(); }

  IsolationSpec read() {
    while (is_keyword("setup")) spec_.setups.push_back(keyword_and_block());
    if (is_keyword("teardown")) spec_.teardown = keyword_and_block();
    do {
      read_session();
    } while (is_keyword("session"));
    while (is_keyword("permutation")) read_permutation();
    if (word_.kind != SpecKind::end) {
      refuse("the name of a step, 'permutation' or the end of the file");
    }
    return std::move(spec_);
  }

 private:
  void advance() { word_ = lexer_.next(); }

  bool is_keyword(std::string_view text) const {
    return word_.kind == SpecKind::keyword && word_.text == text;
  }
  bool is_sign(std::string_view text) const {
    return word_.kind == SpecKind::sign && word_.text == text;
  }

  [[noreturn]] void refuse(const std::string& expected) const {
    throw SpecRefusal(word_.place,
                      fmt::format("found {}; expected {}", described(word_), expected));
  }

  SpecWord expect(SpecKind kind, const std::string& expected) {
    if (word_.kind != kind) refuse(expected);
    SpecWord taken = std::move(word_);
    advance();
    return taken;
  }

  SpecBlock keyword_and_block() {
    const std::string keyword = word_.text;
    advance();
    SpecWord block =
        expect(SpecKind::block, fmt::format("a block of SQL in braces after '{}'", keyword));
    return {std::move(block.text), std::move(block.place)};
  }

  void read_session() {
    if (!is_keyword("session")) {
      refuse(spec_.teardown ? "'session'" : "'setup', 'teardown' or 'session'");
    }
    advance();
    SpecSession session;
    session.name = expect(SpecKind::name, "the name of a session").text;
    if (is_keyword("setup")) session.setup = keyword_and_block();
    if (!is_keyword("step")) refuse(session.setup ? "'step'" : "'setup' or 'step'");
    while (is_keyword("step")) session.steps.push_back(read_step());
    if (is_keyword("teardown")) session.teardown = keyword_and_block();
    const bool may_follow =
        is_keyword("session") || is_keyword("permutation") || word_.kind == SpecKind::end;
    if (!may_follow) {
      refuse(session.teardown ? "'session', 'permutation' or the end of the file"
                              : "'step', 'teardown', 'session', 'permutation' or the end of the "
                                "file");
    }
    spec_.sessions.push_back(std::move(session));
  }

  std::size_t read_step() {
    advance();
    SpecWord name = expect(SpecKind::name, "the name of a step");
    const auto [known, fresh] = steps_.emplace(name.text, spec_.steps.size());
    if (!fresh) {
      const SourcePlace& first = spec_.steps[known->second].place;
      throw SpecRefusal(name.place,
                        fmt::format("found the step '{}' again; expected another name, for it is "
                                    "the one of line {} already",
                                    name.text, first.line));
    }
    SpecWord block = expect(SpecKind::block, "a block of SQL in braces after the step's name");
    spec_.steps.push_back({.name = std::move(name.text),
                           .sql = std::move(block.text),
                           .session = spec_.sessions.size(),
                           .place = std::move(name.place)});
    return known->second;
  }

  void read_permutation() {
    advance();
    std::vector<NamedUse> uses;
    do {
      NamedUse use{expect(SpecKind::name, "the name of a step"), {}};
      if (is_sign("(")) {
        do {
          advance();
          use.blockers.push_back(read_blocker());
        } while (is_sign(","));
        if (!is_sign(")")) refuse("',' or ')'");
        advance();
      }
      uses.push_back(std::move(use));
    } while (word_.kind == SpecKind::name);
    spec_.permutations.push_back(linked(uses));
  }

  NamedBlocker read_blocker() {
    if (is_sign("*")) {
      NamedBlocker once{SpecBlocker::Kind::once, word_};
      advance();
      return once;
    }
    NamedBlocker blocker{SpecBlocker::Kind::other_step,
                         expect(SpecKind::name, "'*' or the name of a step")};
    if (is_keyword("notices")) {
      advance();
      blocker.kind = SpecBlocker::Kind::notices;
      blocker.count = expect(SpecKind::number, "a number of notices").number;
    } else if (!is_sign(",") && !is_sign(")")) {
      refuse("'notices', ',' or ')'");
    }
    return blocker;
  }

  std::size_t step_named(const SpecWord& name) const {
    const auto found = steps_.find(name.text);
    if (found != steps_.end()) return found->second;
    std::vector<std::string> known;
    for (const SpecStep& step : spec_.steps) known.push_back(step.name);
    const std::string near = nearest(name.text, known);
    const bool is_session = std::ranges::any_of(
        spec_.sessions, [&](const SpecSession& session) { return session.name == name.text; });
    throw SpecRefusal(name.place,
                      fmt::format("found {} '{}'; expected the name of a step{}",
                                  is_session ? "the session" : "the unknown step", name.text,
                                  near.empty() ? "" : fmt::format(", such as '{}'", near)));
  }

  SpecPermutation linked(const std::vector<NamedUse>& uses) const {
    SpecPermutation permutation;
    for (const NamedUse& use : uses) {
      permutation.push_back({.step = step_named(use.step), .blockers = {}});
    }
    for (std::size_t i = 0; i < uses.size(); ++i) {
      for (const NamedBlocker& blocker : uses[i].blockers) {
        permutation[i].blockers.push_back(linked(blocker, permutation, permutation[i].step));
      }
    }
    return permutation;
  }

  SpecBlocker linked(const NamedBlocker& named, const SpecPermutation& permutation,
                     std::size_t waiter) const {
    if (named.kind == SpecBlocker::Kind::once) return {};
    const std::size_t step = step_named(named.step);
    if (std::ranges::none_of(permutation, [&](const SpecUse& use) { return use.step == step; })) {
      throw SpecRefusal(named.step.place,
                        fmt::format("found the step '{}'; expected one of this permutation, for "
                                    "'{}' is to wait for it",
                                    named.step.text, spec_.steps[waiter].name));
    }
    if (spec_.steps[step].session == spec_.steps[waiter].session) {
      throw SpecRefusal(named.step.place,
                        fmt::format("found the step '{}'; expected one of another session, for "
                                    "'{}' cannot wait for its own",
                                    named.step.text, spec_.steps[waiter].name));
    }
    return {.kind = named.kind, .step = step, .count = named.count};
  }

  SpecLexer lexer_;
  SpecWord word_;
  IsolationSpec spec_;
  std::map<std::string, std::size_t> steps_;
};

}  // namespace

sim::Result<IsolationSpec, ScenarioError> parse_isolation_spec(const std::string& text,
                                                               const std::string& name) {
  try {
    return SpecParser(text, name).read();
  } catch (const SpecRefusal& refusal) {
    return ScenarioError{refusal.place(), refusal.what()};
  }
}

sim::Result<IsolationSpec, ScenarioError> read_isolation_spec(const std::string& path) {
  const ScenarioError absent{{path, 1, 1}, "found no file that can be read; expected a spec"};
  if (!std::filesystem::is_regular_file(path)) return absent;
  std::ifstream in(path, std::ios::binary);
  if (!in) return absent;
  return parse_isolation_spec({std::istreambuf_iterator<char>(in), {}}, path);
}

}  // namespace splitproof::harness
