// What became of transactions of which clients were told nothing certain.
#include "harness/run/ambiguity_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace splitproof::harness {
namespace {

using sim::Outcome;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Told> told_of(Outcome told, std::optional<bool> held,
                          const std::string& known_by = "pg_xact_status(740)") {
  Told attempt;
  attempt.transactions = {{1, {"BEGIN", "save", "COMMIT"}, told, held, known_by}};
  return {attempt};
}

TEST(AmbiguityBook, NotesWhatWasToldIndeterminate) {
  AmbiguityBook book;
  book.note("a3=lose-reply", told_of(Outcome::indeterminate, true));
  book.note("a3=drop", told_of(Outcome::indeterminate, false));
  book.note("a3=crash", told_of(Outcome::indeterminate, std::nullopt,
                                "the server was started "
                                "again"));
  EXPECT_THAT(book.lines(),
              ElementsAre(Ambiguity{"a3=lose-reply", "BEGIN; save; COMMIT", "indeterminate",
                                    "committed", "pg_xact_status(740)", 1},
                          Ambiguity{"a3=drop", "BEGIN; save; COMMIT", "indeterminate",
                                    "rolled back", "pg_xact_status(740)", 1},
                          Ambiguity{"a3=crash", "BEGIN; save; COMMIT", "indeterminate", "unknown",
                                    "the server was started again", 1}));
}

TEST(AmbiguityBook, CountsRunsOfOneKindAndShowsTheFirst) {
  AmbiguityBook book;
  std::vector<Told> twice = told_of(Outcome::indeterminate, true);
  twice.push_back(twice.front());
  book.note("a3=lose-reply", twice);
  book.note("a3+=lose-reply", told_of(Outcome::indeterminate, true, "pg_xact_status(9)"));
  EXPECT_THAT(book.lines(),
              ElementsAre(Ambiguity{"a3=lose-reply", "BEGIN; save; COMMIT", "indeterminate",
                                    "committed", "pg_xact_status(740)", 2}));
}

TEST(AmbiguityBook, IsSilentWhereWhatWasToldIsSo) {
  AmbiguityBook book;
  book.note("clean", told_of(Outcome::committed, true));
  book.note("a2=drop", told_of(Outcome::aborted, false));
  book.note("a2=drop", told_of(Outcome::aborted, std::nullopt));
  book.note("a2=drop", {Told()});
  EXPECT_THAT(book.lines(), IsEmpty());
}

TEST(AmbiguityBook, NotesWhatWasToldAndIsNotSo) {
  AmbiguityBook book;
  book.note("a2=drop", told_of(Outcome::aborted, true));
  book.note("clean", told_of(Outcome::committed, false));
  EXPECT_THAT(book.lines(), ElementsAre(testing::Field(&Ambiguity::told, "aborted"),
                                        testing::Field(&Ambiguity::told, "committed")));
}

TEST(AmbiguityBook, NamesTheFirstAndTheLastOfManyStatements) {
  std::vector<Told> told = told_of(Outcome::indeterminate, true);
  std::vector<std::string>& statements = told.front().transactions.front().statements;
  statements = {"BEGIN", "1", "2", "3", "4", "COMMIT"};
  AmbiguityBook book;
  book.note("a", told);
  statements = {"BEGIN", "1", "2", "3", "4", "5", "6", "COMMIT"};
  book.note("a", told);
  EXPECT_EQ(book.lines()[0].transaction, "BEGIN; 1; 2; 3; 4; COMMIT");
  EXPECT_EQ(book.lines()[1].transaction, "BEGIN; 1; 2; 3; … 3 more …; COMMIT");
}

TEST(TransactionsOf, AreThoseOfAllAttempts) {
  std::vector<Told> told = told_of(Outcome::indeterminate, false);
  told.push_back(told_of(Outcome::committed, true).front());
  told[1].operation = 1;
  told[1].retry = true;
  EXPECT_THAT(transactions_of(told), ElementsAre(LedgerTransaction{1,
                                                                   false,
                                                                   1,
                                                                   {"BEGIN", "save", "COMMIT"},
                                                                   "indeterminate",
                                                                   "rolled back",
                                                                   "pg_xact_status(740)"},
                                                 LedgerTransaction{2,
                                                                   true,
                                                                   1,
                                                                   {"BEGIN", "save", "COMMIT"},
                                                                   "committed",
                                                                   "committed",
                                                                   "pg_xact_status(740)"}));
}

}  // namespace
}  // namespace splitproof::harness
