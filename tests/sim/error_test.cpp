#include "sim/sql/error.h"

#include <gtest/gtest.h>

namespace splitproof::tests {
namespace {

using sim::Error;
using sim::ErrorKind;
using sim::kind_of_code;

struct CodeCase {
  const char* code;
  ErrorKind kind;
};

class Codes : public testing::TestWithParam<CodeCase> {};

TEST_P(Codes, HaveAKind) {
  EXPECT_EQ(to_string(kind_of_code(GetParam().code)), to_string(GetParam().kind))
      << GetParam().code;
}

INSTANTIATE_TEST_SUITE_P(
    Postgres, Codes,
    testing::Values(
        CodeCase{"40001", ErrorKind::conflict}, CodeCase{"40P01", ErrorKind::conflict},
        CodeCase{"40003", ErrorKind::connection_lost}, CodeCase{"55P03", ErrorKind::interrupted},
        CodeCase{"57014", ErrorKind::interrupted}, CodeCase{"57P01", ErrorKind::connection_lost},
        CodeCase{"57P03", ErrorKind::connection_lost},
        CodeCase{"08006", ErrorKind::connection_lost},
        CodeCase{"25P02", ErrorKind::transaction_failed},
        CodeCase{"25P03", ErrorKind::connection_lost}, CodeCase{"23505", ErrorKind::constraint},
        CodeCase{"53100", ErrorKind::resource}, CodeCase{"58030", ErrorKind::io},
        CodeCase{"XX001", ErrorKind::io}, CodeCase{"42601", ErrorKind::invalid},
        CodeCase{"25006", ErrorKind::invalid}));

INSTANTIATE_TEST_SUITE_P(
    Sqlite, Codes,
    testing::Values(CodeCase{"SQLITE_BUSY", ErrorKind::conflict},
                    CodeCase{"SQLITE_BUSY_SNAPSHOT", ErrorKind::conflict},
                    CodeCase{"SQLITE_BUSY_RECOVERY", ErrorKind::conflict},
                    CodeCase{"SQLITE_LOCKED_SHAREDCACHE", ErrorKind::conflict},
                    CodeCase{"SQLITE_LOCKED", ErrorKind::invalid},
                    CodeCase{"SQLITE_CONSTRAINT_UNIQUE", ErrorKind::constraint},
                    CodeCase{"SQLITE_IOERR_FSYNC", ErrorKind::io},
                    CodeCase{"SQLITE_CANTOPEN", ErrorKind::io},
                    CodeCase{"SQLITE_FULL", ErrorKind::resource},
                    CodeCase{"SQLITE_NOMEM", ErrorKind::resource},
                    CodeCase{"SQLITE_INTERRUPT", ErrorKind::interrupted},
                    CodeCase{"SQLITE_ABORT_ROLLBACK", ErrorKind::transaction_failed},
                    CodeCase{"SQLITE_NOTADB", ErrorKind::invalid},
                    CodeCase{"SQLITE_ERROR", ErrorKind::invalid}));

INSTANTIATE_TEST_SUITE_P(Nonsense, Codes,
                         testing::Values(CodeCase{"", ErrorKind::invalid},
                                         CodeCase{"40", ErrorKind::invalid},
                                         CodeCase{"400011", ErrorKind::invalid},
                                         CodeCase{"SQLITE_", ErrorKind::invalid}));

Error with_code(const char* code) { return {kind_of_code(code), code, ""}; }

TEST(Errors, AreRetriedOnlyWhenAnotherTransactionWasInTheWay) {
  for (const char* const code : {"40001", "40P01", "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT"}) {
    EXPECT_TRUE(is_retryable(with_code(code))) << code;
  }
  for (const char* const code :
       {"23505", "08006", "57014", "55P03", "25P02", "53100", "58030", "40003", "40002",
        "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CONSTRAINT", "SQLITE_LOCKED", "42601"}) {
    EXPECT_FALSE(is_retryable(with_code(code))) << code;
  }
}

TEST(Errors, LeaveACommitInDoubtWhenNoAnswerCameOrTheStorageFailed) {
  for (const char* const code : {"08006", "57P01", "40003", "58030", "SQLITE_IOERR_FSYNC"}) {
    EXPECT_TRUE(leaves_commit_in_doubt(with_code(code))) << code;
  }
  for (const char* const code : {"40001", "23503", "25P02", "SQLITE_BUSY", "SQLITE_FULL"}) {
    EXPECT_FALSE(leaves_commit_in_doubt(with_code(code))) << code;
  }
}

}  // namespace
}  // namespace splitproof::tests
