// The pieces of an SQL text, for whoever wants more than its words.
#include "sim/sql/word_scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace splitproof::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces;
  WordScanner scanner(text);
  for (std::string_view piece = scanner.next_piece(); !piece.empty();
       piece = scanner.next_piece()) {
    pieces.emplace_back(piece);
  }
  return pieces;
}

TEST(WordScanner, GivesPiecesAsTheyStand) {
  EXPECT_THAT(pieces_of("Update t.a\tSET b=b+12, c = $1::int"),
              ElementsAre("Update", "t", ".", "a", "SET", "b", "=", "b", "+", "12", ",", "c", "=",
                          "$", "1", ":", ":", "int"));
}

TEST(WordScanner, GivesQuotedPiecesWhole) {
  EXPECT_THAT(pieces_of(R"("a""b" `c d` 'it''s' E'x\'y' $t$ 'z' $t$)"),
              ElementsAre(R"("a""b")", "`c d`", "'it''s'", R"(E'x\'y')", "$t$ 'z' $t$"));
  EXPECT_THAT(pieces_of("'a' 'b'"), ElementsAre("'a'", "'b'"));
}

TEST(WordScanner, LeavesCommentsOutOfThePieces) {
  EXPECT_THAT(pieces_of("a -- b\n/* c /* d */ e */ f - g / h"),
              ElementsAre("a", "f", "-", "g", "/", "h"));
  EXPECT_THAT(pieces_of("-- only\n/* comments"), IsEmpty());
}

TEST(WordScanner, EndsItsPiecesWithTheTextWhateverIsOpen) {
  EXPECT_THAT(pieces_of("a 'b"), ElementsAre("a", "'b"));
  EXPECT_THAT(pieces_of("a \"b"), ElementsAre("a", "\"b"));
  EXPECT_THAT(pieces_of("a $x$ b"), ElementsAre("a", "$x$ b"));
  EXPECT_THAT(pieces_of("\"a\"\""), ElementsAre("\"a\"\""));
}

}  // namespace
}  // namespace splitproof::sim
