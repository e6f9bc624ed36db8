#include "reports/text.h"

#include <gtest/gtest.h>

namespace splitproof::reports {
namespace {

TEST(Text, CountsColumnsAndNotBytes) {
  EXPECT_EQ(display_width("Köln"), 4U);
  EXPECT_EQ(display_width("東京"), 4U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);  // An e and a combining acute accent.
  EXPECT_EQ(display_width("✓ pass"), 6U);
  EXPECT_EQ(display_width(""), 0U);
}

TEST(Text, PadsToColumns) {
  EXPECT_EQ(pad_right("Köln", 6), "Köln  ");
  EXPECT_EQ(pad_left("東京", 6), "  東京");
  EXPECT_EQ(pad_right("longer", 3), "longer");
}

TEST(Text, ShortensWithoutCuttingACharacter) {
  EXPECT_EQ(shorten("東京都", 4), "東…");
  EXPECT_EQ(shorten("Köln", 4), "Köln");
  EXPECT_EQ(shorten("Köln", 3), "Kö…");
  EXPECT_EQ(shorten("Köln", 0), "");
}

TEST(Text, MakesControlCharactersVisible) {
  EXPECT_EQ(printable("a\x1b[31mb\n\t\r\x7f"), "a\\x1b[31mb\\n\\t\\r\\x7f");
  EXPECT_EQ(printable("\xC2\x9B"), "\\x9b");        // C1: a control sequence in one character.
  EXPECT_EQ(printable("\xE2\x80\xAE"), "\\u202e");  // It would turn the rest of the line around.
  EXPECT_EQ(printable("Grüße, 東京 ✓"), "Grüße, 東京 ✓");
}

TEST(Text, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(printable("a\xff"
                      "b"),
            "a\uFFFD"
            "b");
  EXPECT_EQ(printable("\xC3"), "\uFFFD");                                // Cut off.
  EXPECT_EQ(printable("\xC0\xAF"), "\uFFFD\uFFFD");                      // Overlong.
  EXPECT_EQ(printable("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");            // A surrogate.
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");  // Beyond U+10FFFF.
}

TEST(Text, WrapsAtBlanks) {
  EXPECT_EQ(wrap("one two  three\nfour", 9),
            (std::vector<std::string>{"one two", "three", "four"}));
  EXPECT_EQ(wrap("exactly ten", 11), (std::vector<std::string>{"exactly ten"}));
  EXPECT_EQ(wrap("exactly ten", 10), (std::vector<std::string>{"exactly", "ten"}));
}

TEST(Text, WrapsInsideAWordThatIsWiderThanTheLine) {
  EXPECT_EQ(wrap("a 東京都庁 b", 4), (std::vector<std::string>{"a", "東京", "都庁", "b"}));
  EXPECT_EQ(wrap("abcdef", 4), (std::vector<std::string>{"abcd", "ef"}));
}

TEST(Text, WrapsNothingIntoOneEmptyLine) {
  EXPECT_EQ(wrap(" \n ", 10), (std::vector<std::string>{""}));
}

}  // namespace
}  // namespace splitproof::reports
