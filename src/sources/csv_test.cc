// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/sources.h>

#include "sources/line_reader.h"
#include "sources/pipes.h"
#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

class CsvTest : public ::testing::Test {
 protected:
  std::string check(std::string_view bytes, CsvOptions options = {}) const {
    const std::string file = inputs_.write("trials.csv", bytes);
    return read_back([&] { return open_csv(std::vector{file}, options); }, inputs_);
  }

  Inputs inputs_;
};

TEST_F(CsvTest, NamesFieldsByTheHeader) {
  EXPECT_EQ(check("id,NCT Code\n1,a\n2,\"b, \"\"c\"\"\r\nd\"\n"),
            "{\"id\":\"1\",\"NCT Code\":\"a\"}\n"
            "{\"id\":\"2\",\"NCT Code\":\"b, \\\"c\\\"\\r\\nd\"}\n");
}

TEST_F(CsvTest, ReadsTabs) {
  EXPECT_EQ(check("id\ttitle\r\n1\ta,b\r\n", {.separator = '\t'}),
            "{\"id\":\"1\",\"title\":\"a,b\"}\n");
}

TEST_F(CsvTest, KeepsWhatIsInAField) {
  EXPECT_EQ(check("a,b\n 1 ,\n=1+1,\" x\"\n"),
            "{\"a\":\" 1 \",\"b\":\"\"}\n{\"a\":\"=1+1\",\"b\":\" x\"}\n");
  EXPECT_EQ(check({"a\nx\0y\n", 6}), "{\"a\":\"x\\u0000y\"}\n");
}

TEST_F(CsvTest, PassesOverAByteOrderMarkAndEmptyLines) {
  EXPECT_EQ(check("\xEF\xBB\xBFid\n\n1\n\n"), "{\"id\":\"1\"}\n");
}

TEST_F(CsvTest, NamesAColumnWithoutName) {
  EXPECT_EQ(check(",a\n0,x\n"), "{\"column_1\":\"0\",\"a\":\"x\"}\n");
}

TEST_F(CsvTest, HasNoItemsWithoutRows) { EXPECT_EQ(check("id,title\n"), ""); }

TEST_F(CsvTest, SetsAsideARaggedRow) {
  EXPECT_EQ(
      check("a,b\n1,2\n3\n4,5,6\n7,8"),
      "{\"a\":\"1\",\"b\":\"2\"}\n"
      "{\"a\":\"3\"} !input.columns: trials.csv:3: the header has 2 columns, this row 1\n"
      "{\"a\":\"4\",\"b\":\"5\"} !input.columns: trials.csv:4: the header has 2 columns, this "
      "row 3\n{\"a\":\"7\",\"b\":\"8\"}\n");
}

TEST_F(CsvTest, SetsAsideARowThatIsNotUtf8) {
  EXPECT_EQ(check("a\n\xFF\nb\n"),
            "{\"a\":\"\xEF\xBF\xBD\"} !input.encoding: trials.csv:2: not valid UTF-8\n"
            "{\"a\":\"b\"}\n");
}

TEST_F(CsvTest, SetsAsideTextBehindAQuote) {
  EXPECT_EQ(check("a\n\"x\"y\nz\n"),
            "{\"line\":\"\"} !input.quote: trials.csv:2: text behind a closing quote\n"
            "{\"a\":\"z\"}\n");
}

TEST_F(CsvTest, SetsAsideARowThatIsTooLong) {
  EXPECT_EQ(check("a\n" + std::string(kLineBytesMax + 1, 'x') + "\ny\n"),
            "{\"line\":\"\"} !input.too_long: trials.csv:2: the record is too long\n"
            "{\"a\":\"y\"}\n");
}

TEST_F(CsvTest, NamesTheLineOfAnOpenQuote) {
  EXPECT_EQ(check("a,b\n1,2\n3,\"4\n5,6\n7,8\n"),
            "{\"a\":\"1\",\"b\":\"2\"}\n"
            " !input.quote: read trials.csv:3: the quote that opens here is never closed\n");
}

TEST_F(CsvTest, RefusesAHeaderThatIsNone) {
  EXPECT_EQ(check(""), " !input.header: read trials.csv:1: there is no header row\n");
  EXPECT_EQ(check("a,b,a\n1,2,3\n"),
            " !input.header: read trials.csv:1: two columns are named 'a'\n");
  EXPECT_EQ(check("a,column_1,\n"), "");
  EXPECT_EQ(check(",column_1\n"),
            " !input.header: read trials.csv:1: two columns are named 'column_1'\n");
  EXPECT_EQ(check({"a\0,\0b\n", 6}),
            " !input.header: read trials.csv:1: the header row is not UTF-8 text\n");
  EXPECT_EQ(check("\xFF\xFE"
                  "a"),
            " !input.encoding: read trials.csv:1: this is UTF-16; convert it with: "
            "iconv -f UTF-16 -t UTF-8\n");
}

TEST_F(CsvTest, TakesAColumnAsKey) {
  EXPECT_EQ(check("id,b\nx,1\n,2\n", {.key = "id"}),
            "{\"id\":\"x\",\"b\":\"1\"} #x\n"
            "{\"id\":\"\",\"b\":\"2\"} !input.key: trials.csv:3: no value for the key 'id'\n");
  EXPECT_EQ(check("a,b\n1,2\n", {.key = "id"}),
            " !input.header: read trials.csv:1: there is no column 'id' for the key\n");
}

TEST_F(CsvTest, ReadsAHeaderInEveryFile) {
  auto source =
      open_csv(std::vector{inputs_.write("a", "x,y\n1,2\n"), inputs_.write("b", "y\n3\n")}, {});
  EXPECT_EQ(to_text(read_all(**source), inputs_), "{\"x\":\"1\",\"y\":\"2\"}\n{\"y\":\"3\"}\n");
}

TEST_F(CsvTest, SaysWhereARowBegins) {
  auto source = open_csv(std::vector{inputs_.write("a", "x\n\"1\n2\"\n\n3\n")}, {});
  const auto items = read_all(**source);
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].line, 2U);
  EXPECT_EQ(items[1].line, 5U);
}

TEST_F(CsvTest, TakesManyColumns) {
  std::string header = "c0";
  std::string row = "0";
  for (int i = 1; i < 100'000; ++i) {
    header += ",c" + std::to_string(i);
    row += ",x";
  }
  auto source = open_csv(std::vector{inputs_.write("wide", header + "\n" + row + "\n")}, {});
  const auto items = read_all(**source);
  ASSERT_EQ(items.size(), 1U);
  EXPECT_FALSE(items[0].bad);
  EXPECT_EQ(items[0].value.substr(0, 21), "{\"c0\":\"0\",\"c1\":\"x\",\"c");
}

TEST_F(CsvTest, DropsACutRowWhenTheRestOfAPipeIsLost) {
  TestPipe pipe(inputs_.path("stdin.spool"));
  {
    auto source = open_csv(pipe.input(), {});
    pipe.write("a,b\n1,2\n3,4");
    std::vector<SourceItem> items;
    while (items.empty()) {
      ASSERT_EQ(*(*source)->read(10, items), SourceState::waiting);
      if (items.empty()) pipe.wait();
    }
  }
  auto again = open_csv(pipe.input_again(), {});
  EXPECT_EQ(to_text(read_all(**again), inputs_), "{\"a\":\"1\",\"b\":\"2\"}\n");
  EXPECT_TRUE((*again)->incomplete());
}

}  // namespace
}  // namespace penstock
