// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Records of a text, whole and in chunks of every size.
#include "core/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace penstock::csv {
namespace {

using namespace std::string_view_literals;

// "2:[a][b]" for a record that begins in line 2, "kind: message" for a refusal, joined by spaces.
std::string drain(Reader& reader) {
  std::string all;
  while (true) {
    const auto record = reader.next();
    if (record && !*record) return all;
    if (!record) {
      all += record.error().kind + ": " + record.error().message + " ";
      continue;
    }
    all += std::to_string((*record)->line) + ":";
    for (const std::string_view field : (*record)->fields) {
      all += '[';
      all += field;
      all += ']';
    }
    all += ' ';
  }
}

std::string read_in_chunks(std::string_view text, std::size_t chunk_bytes, ReadOptions options) {
  Reader reader(options);
  std::string all;
  for (std::size_t at = 0; at < text.size(); at += chunk_bytes) {
    reader.feed(text.substr(at, chunk_bytes));
    all += drain(reader);
  }
  reader.finish();
  all += drain(reader);
  EXPECT_EQ(drain(reader), "") << "the end must stay the end";
  return all;
}

void check(std::string_view text, std::string_view expected, ReadOptions options = {}) {
  for (std::size_t chunk_bytes = 1; chunk_bytes <= text.size() + 1; ++chunk_bytes) {
    ASSERT_EQ(read_in_chunks(text, chunk_bytes, options), expected)
        << text << " in chunks of " << chunk_bytes;
  }
}

TEST(CsvReader, Lines) {
  check("", "");
  check("a", "1:[a] ");
  check("a,b\nc,d\n", "1:[a][b] 2:[c][d] ");
  check("a,b\r\nc,d\r\n", "1:[a][b] 2:[c][d] ");
  check("a,b\nc,d", "1:[a][b] 2:[c][d] ");
  check("a\r\nb\nc\r\n", "1:[a] 2:[b] 3:[c] ");
}

TEST(CsvReader, EmptyFieldsAndLines) {
  check(",", "1:[][] ");
  check(",\n,\n", "1:[][] 2:[][] ");
  check("\n\r\n\na\n\n", "4:[a] ");
  check("\"\"\n", "1:[] ");
  check("\"\",\n\"\"", "1:[][] 2:[] ");
}

TEST(CsvReader, Quotes) {
  check("\"a,b\",\"c\"\"d\",\"e\nf\"\ng", "1:[a,b][c\"d][e\nf] 3:[g] ");
  check("\"a\r\nb\"\r\n\"\"\"\"\r\n", "1:[a\r\nb] 3:[\"] ");
  check("a\"b,c\"\n", "1:[a\"b][c\"] ");
  check(" \"a\"\n", "1:[ \"a\"] ");
}

TEST(CsvReader, BlanksStay) { check(" a ,\tb\t\n \n", "1:[ a ][\tb\t] 2:[ ] "); }

TEST(CsvReader, CarriageReturnsAloneAreText) {
  check("a\rb,\r,c\r\r\n\rd\n", "1:[a\rb][\r][c\r] 2:[\rd] ");
  check("a\r", "1:[a] ");
  check("\"a\"\r", "1:[a] ");
  check("\r", "");
}

TEST(CsvReader, NulAndAnyBytesStay) {
  check("a\0b,\xFF\xFE\n\0\n"sv, "1:[a\0b][\xFF\xFE] 2:[\0] "sv);
}

TEST(CsvReader, ByteOrderMarkIsPassedOverOnce) {
  check(
      "\xEF\xBB\xBF"
      "a\n\xEF\xBB\xBF"
      "b\n",
      "1:[a] 2:[\xEF\xBB\xBF"
      "b] ");
  check("\xEF\xBB\xBF\"a\"\n", "1:[a] ");
  check("\xEF\xBB\xBF", "");
  check("\xEF\xBB", "1:[\xEF\xBB] ");
  check("\xEF\xBB,x", "1:[\xEF\xBB][x] ");
  check("\xEF\xEF\xBB\xBF\n", "1:[\xEF\xEF\xBB\xBF] ");
  check(
      "\xFF"
      "a",
      "1:[\xFF"
      "a] ");
}

TEST(CsvReader, Utf16IsRefused) {
  for (const std::string_view text : {"\xFF\xFE"
                                      "a\0,\0b\0"sv,
                                      "\xFE\xFF\0a\0,"sv}) {
    Reader reader;
    reader.feed(text);
    EXPECT_EQ(drain(reader),
              "csv.encoding: line 1: the text is UTF-16; convert it to UTF-8 first ");
    reader.feed("more\n");
    EXPECT_EQ(drain(reader), "");
    reader.finish();
    EXPECT_EQ(drain(reader), "");
  }
}

TEST(CsvReader, DelimitersAreOptions) {
  check("a,b;c\td\n", "1:[a,b][c\td] ", {.delimiter = ';'});
  check("a,b;c\td\n", "1:[a,b;c][d] ", {.delimiter = '\t'});
}

TEST(CsvReader, TextBehindAQuoteCostsOneRecord) {
  check("a\n\"b\"c,d\ne\n", "1:[a] csv.quote: line 2: text behind a closing quote 3:[e] ");
  check("\"b\" \"c\nd\",e\nf", "csv.quote: line 1: text behind a closing quote 2:[d\"][e] 3:[f] ");
  check("\"b\"\rc\nd\n", "csv.quote: line 1: text behind a closing quote 2:[d] ");
}

TEST(CsvReader, AnOpenQuoteIsNamedWhereItOpens) {
  check("a\nb,\"c\nd\ne\n",
        "1:[a] csv.open_quote: line 2: the quote that opens here is never closed ");
  check("\"", "csv.open_quote: line 1: the quote that opens here is never closed ");
  check("\"a\"x\n\"",
        "csv.quote: line 1: text behind a closing quote "
        "csv.open_quote: line 2: the quote that opens here is never closed ");
}

TEST(CsvReader, LimitsCostOneRecord) {
  const ReadOptions small{.record_bytes_max = 4, .fields_max = 3};
  check("ab,cd\nabc,de\nf\n", "1:[ab][cd] csv.size: line 2: the record is too long 3:[f] ", small);
  check("a,b,c\na,b,c,d\ne\n",
        "1:[a][b][c] csv.size: line 2: the record has too many fields 3:[e] ", small);
  check("x\n\"a\nbcde\n\"\nf\n",
        "1:[x] csv.size: line 2: the record is too long; is the quote that opens here closed? "
        "5:[f] ",
        small);
  check("\"abcdefgh", "csv.open_quote: line 1: the quote that opens here is never closed ", small);
}

TEST(CsvReader, MemoryIsThatOfOneRecord) {
  Reader reader({.record_bytes_max = 1000});
  const std::string block(64 * 1024, 'x');
  for (int i = 0; i < 1000; ++i) {
    reader.feed(block);
    ASSERT_EQ(drain(reader), "");
  }
  reader.feed("\nok\n");
  EXPECT_EQ(drain(reader), "csv.size: line 1: the record is too long 2:[ok] ");
}

RC_GTEST_PROP(CsvReader, ChunksDoNotMatter, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', '\xEF', '\0'));
  const auto chunk_bytes = *rc::gen::inRange<std::size_t>(1, 9);
  RC_ASSERT(read_in_chunks(text, chunk_bytes, {}) == read_in_chunks(text, SIZE_MAX / 2, {}));
}

}  // namespace
}  // namespace penstock::csv
