// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/sources.h>

#include "sources/line_reader.h"
#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

class LinesTest : public ::testing::Test {
 protected:
  std::string check(std::string_view bytes, LinesOptions options = {}) const {
    const std::string file = inputs_.write("terms.txt", bytes);
    return read_back([&] { return open_lines(std::vector{file}, options); }, inputs_);
  }

  Inputs inputs_;
};

TEST_F(LinesTest, GivesOneItemALine) {
  EXPECT_EQ(check("epoll\r\nio_uring"), "{\"line\":\"epoll\"}\n{\"line\":\"io_uring\"}\n");
}

TEST_F(LinesTest, NamesTheField) {
  EXPECT_EQ(check("epoll\n", {.as = "te\"rm"}), "{\"te\\\"rm\":\"epoll\"}\n");
}

TEST_F(LinesTest, CountsTheBlankLinesThatItSkips) {
  auto lines =
      open_lines(std::vector{inputs_.write("a", "\na\n \t\r\n\n"), inputs_.write("b", "\n")}, {});
  EXPECT_EQ(to_text(read_all(**lines), inputs_), "{\"line\":\"a\"}\n");
  EXPECT_EQ((*lines)->blank_lines(), 4U);
}

TEST_F(LinesTest, KeepsBlankLinesWhenAsked) {
  EXPECT_EQ(check("\n \na\n", {.blank = BlankLines::keep}),
            "{\"line\":\"\"}\n{\"line\":\" \"}\n{\"line\":\"a\"}\n");
}

TEST_F(LinesTest, TrimsWhenAsked) {
  EXPECT_EQ(check(" a \t\n"), "{\"line\":\" a \\t\"}\n");
  EXPECT_EQ(check(" a b\t\r\n", {.trim = Trim::ends}), "{\"line\":\"a b\"}\n");
  EXPECT_EQ(check(" \n", {.blank = BlankLines::keep, .trim = Trim::ends}), "{\"line\":\"\"}\n");
}

TEST_F(LinesTest, TakesTextAsText) {
  EXPECT_EQ(check("\"\\ $(rm -rf) {{x}} \x1B[31m caf\xC3\xA9\n"),
            "{\"line\":\"\\\"\\\\ $(rm -rf) {{x}} \\u001b[31m caf\xC3\xA9\"}\n");
  EXPECT_EQ(check({"a\0b\n", 4}), "{\"line\":\"a\\u0000b\"}\n");
}

TEST_F(LinesTest, SetsAsideALineThatIsNotUtf8) {
  EXPECT_EQ(check("a\n\xFF!\nb\n"),
            "{\"line\":\"a\"}\n"
            "{\"line\":\"\xEF\xBF\xBD!\"} !input.encoding: terms.txt:2: not valid UTF-8\n"
            "{\"line\":\"b\"}\n");
}

TEST_F(LinesTest, SetsAsideALineThatIsTooLong) {
  EXPECT_EQ(check("a\n" + std::string(kLineBytesMax + 1, 'x') + "\nb\n"),
            "{\"line\":\"a\"}\n"
            "{\"line\":\"" +
                std::string(1024, 'x') +
                "\"} !input.too_long: terms.txt:2: "
                "16777217 bytes, at most 16777216 are allowed\n"
                "{\"line\":\"b\"}\n");
}

TEST_F(LinesTest, SaysWhereAnItemStands) {
  auto lines = open_lines(std::vector{inputs_.write("a", "\na\n\nb\n")}, {});
  const auto items = read_all(**lines);
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].line, 2U);
  EXPECT_EQ(items[1].line, 4U);
}

TEST_F(LinesTest, TakesTheLineAsKey) {
  EXPECT_EQ(check("a b\n", {.as = "term", .key = "term"}), "{\"term\":\"a b\"} #a b\n");
}

TEST_F(LinesTest, TakesAKeyOutOfALineOfJson) {
  EXPECT_EQ(check("{\"id\":7}\n{}\nx\n", {.key = "id"}),
            "{\"line\":\"{\\\"id\\\":7}\"} #7\n"
            "{\"line\":\"{}\"} !input.key: terms.txt:2: no value for the key 'id'\n"
            "{\"line\":\"x\"} !input.json: terms.txt:3: JSON: syntax error at byte 0\n");
}

}  // namespace
}  // namespace penstock
