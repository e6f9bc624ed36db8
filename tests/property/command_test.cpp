// Generated operations as words of a plan: what is read, what is refused, and how.
#include "harness/property/command.h"

#include <gmock/gmock.h>

#include "tests/property/cases.h"

namespace splitproof::harness {
namespace {

using ::testing::HasSubstr;

std::string refusal_of(const std::string& word) {
  const sim::Result<Command, std::string> command = parse_command(word);
  return command.ok() ? "accepted: " + to_string(command.value()) : command.error();
}

TEST(Command, ReadsBackWhatItIsWrittenAs) {
  for (const std::string word :
       {"transfer(r1,A,B,3.00)", "post(r2,A,-2.50)", "open(C,10.00)", "add(visits,5)",
        "collect(2025-08-31,2)", "collect(2025-08-31,2,1)", "aggregate(2025-08,2025-09-01)",
        "refresh(2025-09-01)", "retention(2025-12-01)", "row(c1,google,2025-08-31,12.00)",
        "row(c1,meta,2025-08-31,0.00,7,0,0,1.50)",
        "row(c1,google,2025-08-31T21:30:00Z@Europe/Warsaw,12.00)"}) {
    EXPECT_EQ(to_string(commands({word}).front()), word);
  }
}

TEST(Command, EveryKindIsKnownToTheCatalogueAsTheServiceWritesIt) {
  for (const OperationSpec& operation : one_of_each()) {
    const auto bound = scenarios::find_operation(operation, "transactional");
    EXPECT_TRUE(bound.ok()) << operation.run << ": " << (bound.ok() ? "" : bound.error());
  }
}

TEST(Command, AnInstantWithAnOffsetIsWrittenBackInUtc) {
  EXPECT_EQ(
      to_string(commands({"row(c1,google,2025-08-31T23:30:00+02:00@Europe/Warsaw,1.00)"}).front()),
      "row(c1,google,2025-08-31T21:30:00Z@Europe/Warsaw,1.00)");
}

TEST(Command, ARowOfAnInstantIsSavedOnTheDayOfItsTimeZone) {
  const OperationSpec warsaw =
      spec_of(commands({"row(c1,google,2025-08-31T22:30:00Z@Europe/Warsaw,1.00)"}).front());
  EXPECT_THAT(warsaw.with.at("rows"), HasSubstr("\nc1,c1,google,2025-09-01,1.00,"));
  const OperationSpec honolulu =
      spec_of(commands({"row(c1,google,2025-09-01T09:30:00Z@Pacific/Honolulu,1.00)"}).front());
  EXPECT_THAT(honolulu.with.at("rows"), HasSubstr("\nc1,c1,google,2025-08-31,1.00,"));
}

TEST(Command, WhatIsNoOperationIsRefusedWithExamples) {
  EXPECT_THAT(refusal_of("withdraw(A,1.00)"), HasSubstr("found 'withdraw(A,1.00)'"));
  EXPECT_THAT(refusal_of("withdraw(A,1.00)"), HasSubstr("transfer(r1,A,B,3.00)"));
  EXPECT_THAT(refusal_of("transfer(r1,A,B,3.00"), HasSubstr("expected an operation like"));
  EXPECT_THAT(refusal_of("transfer(r1,A,B)"), HasSubstr("3 words in brackets, expected 4"));
  EXPECT_THAT(refusal_of("row(c1,google)"), HasSubstr("expected 4 to 16"));
}

TEST(Command, AWordThatCannotBeUsedIsNamed) {
  EXPECT_THAT(refusal_of("transfer(r1,A,B,3.001)"), HasSubstr("found '3.001', expected an amount"));
  EXPECT_THAT(refusal_of("transfer(,A,B,3.00)"), HasSubstr("found '', expected a name"));
  EXPECT_THAT(refusal_of("add(visits,many)"), HasSubstr("expected a whole number"));
  EXPECT_THAT(refusal_of("add(visits,99999999999999)"), HasSubstr("expected a whole number from"));
  EXPECT_THAT(refusal_of("collect(2025-02-30,1)"), HasSubstr("not a day of the calendar"));
  EXPECT_THAT(refusal_of("collect(2025-08-31,0)"), HasSubstr("from 1 to 5"));
  EXPECT_THAT(refusal_of("aggregate(2025-13,2025-09-01)"), HasSubstr("not a month"));
  EXPECT_THAT(refusal_of("row(c1,bing,2025-08-31,1.00)"), HasSubstr("google or meta"));
  EXPECT_THAT(refusal_of("row(c1,google,2025-08-31,-1.00)"), HasSubstr("at least 0.00"));
  EXPECT_THAT(refusal_of("row(c1,google,2025-08-31T21:30:00Z@Europe/Warschau,1.00)"),
              HasSubstr("unknown time zone 'Europe/Warschau'"));
}

}  // namespace
}  // namespace splitproof::harness
