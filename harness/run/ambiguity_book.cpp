#include "harness/run/ambiguity_book.h"

#include <fmt/format.h>

#include <set>

namespace splitproof::harness {

namespace {

// Statements of a transaction that are named in its line; the others between them are counted.
constexpr std::size_t statements_first = 4;
constexpr std::size_t statements_last = 1;

std::string held_in_words(const std::optional<bool>& held) {
  if (!held) return "unknown";
  return *held ? "committed" : "rolled back";
}

std::string statements_in_words(const std::vector<std::string>& statements) {
  const std::size_t named = statements_first + statements_last;
  std::string text;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const bool left_out = statements.size() > named + 1 && i >= statements_first &&
                          i < statements.size() - statements_last;
    if (left_out && i > statements_first) continue;
    if (!text.empty()) text += "; ";
    text += left_out ? fmt::format("… {} more …", statements.size() - named) : statements[i];
  }
  return text;
}

// Numbers in it are given out anew in every run.
std::string without_numbers(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) result += c;
    if (digit && !result.ends_with('#')) result += '#';
  }
  return result;
}

bool is_certain(const TransactionTold& transaction) {
  if (transaction.told == sim::Outcome::indeterminate) return false;
  const bool told_committed = transaction.told == sim::Outcome::committed;
  return !transaction.held || *transaction.held == told_committed;
}

}  // namespace

std::vector<LedgerTransaction> transactions_of(const std::vector<Told>& told) {
  std::vector<LedgerTransaction> all;
  for (const Told& attempt : told) {
    for (const TransactionTold& transaction : attempt.transactions) {
      all.push_back({attempt.operation + 1, attempt.retry, transaction.connection,
                     transaction.statements, std::string(sim::to_string(transaction.told)),
                     held_in_words(transaction.held), transaction.known_by});
    }
  }
  return all;
}

void AmbiguityBook::note(const std::string& plan, const std::vector<Told>& told) {
  std::set<std::size_t> seen;
  for (const Told& attempt : told) {
    for (const TransactionTold& transaction : attempt.transactions) {
      if (is_certain(transaction)) continue;
      Ambiguity line;
      line.plan = plan;
      line.transaction = statements_in_words(transaction.statements);
      line.told = std::string(sim::to_string(transaction.told));
      line.held = held_in_words(transaction.held);
      line.known_by = transaction.known_by;
      const std::string key = fmt::format("{}\n{}\n{}\n{}", fmt::join(transaction.statements, "\n"),
                                          line.told, line.held, without_numbers(line.known_by));
      const auto [place, is_new] = places_.try_emplace(key, lines_.size());
      if (is_new) lines_.push_back(std::move(line));
      if (seen.insert(place->second).second) ++lines_[place->second].runs;
    }
  }
}

}  // namespace splitproof::harness
