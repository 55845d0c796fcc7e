// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Conditions over one item, as the manual lists them.
#include "placeholders/comparison.h"

#include <gtest/gtest.h>

namespace penstock::placeholders {
namespace {

constexpr std::string_view kItem =
    R"({"label":{"confidence":0.75,"ok":true,"no":false,"none":null},"status":"ok","n":10,)"
    R"("year":"2010","big":9007199254740993,"e":1e1,"huge":123456789012345678901234567890,)"
    R"("neg":-5,"zero":-0,"list":[1,2],"NCT Code":"N1","quote":"it's \"x\"",)"
    R"("parent":{"term":"t"}})";

std::string parse_error(std::string_view text) {
  const auto parsed = Comparison::parse(text);
  return parsed ? "none" : parsed.error().kind + ": " + parsed.error().message;
}

bool holds(std::string_view text) {
  const auto parsed = Comparison::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << parse_error(text);
  const auto document = json::Document::parse(kItem);
  return parsed && parsed->evaluate(document->root());
}

void yes(std::string_view text) { EXPECT_TRUE(holds(text)) << text; }
void no(std::string_view text) { EXPECT_FALSE(holds(text)) << text; }

TEST(Comparison, Numbers) {
  yes("/label/confidence < 0.8");
  no("/label/confidence < 0.75");
  yes("label.confidence <= 0.75");
  yes("n == 10");
  yes("n == 10.0");
  yes("n == e");
  yes("n >= 10 && n > 9.99 && n != 11");
  yes("neg < 0 && -6 < neg && neg < -4");
  yes("zero == 0 && zero >= 0 && zero <= 0");
}

TEST(Comparison, IntegersAreExact) {
  yes("big == 9007199254740993");
  no("big == 9007199254740992");
  yes("big > 9007199254740992");
  yes("huge > 123456789012345678901234567889");
  yes("huge < 123456789012345678901234567891");
  yes("huge > -123456789012345678901234567891");
  yes("-123456789012345678901234567891 < -123456789012345678901234567890");
  no("-2 < -3");
  no("-2 < -10");
}

TEST(Comparison, Texts) {
  yes(R"(status == "ok")");
  yes("status == 'ok' && term == 't'");
  no("status != 'ok'");
  yes("'a' < 'b' && 'a' < 'aa' && 'Z' < 'a'");
  yes(R"(quote == "it's \"x\"")");
  yes(R"({NCT Code} == "N1")");
}

TEST(Comparison, TextsThatAreNumbersCompareWithNumbers) {
  yes("year > 2000");
  yes("year == 2010.0");
  no("year == 2011");
  no("status == 0");
  yes("status != 0");
  no("status < 0 || status >= 0");
  no("year < '3'  && year > 3000");
}

TEST(Comparison, TruthsAndNull) {
  yes("/label/ok");
  no("/label/no");
  no("status");
  yes("/label/ok == true && /label/no == false && /label/none == null");
  yes("/label/ok != false && /label/ok != 1 && /label/none != 0");
  no("/label/no < /label/ok");
  yes("true");
  no("false");
}

TEST(Comparison, ArraysAndObjectsAreEqualByText) {
  yes("list == list");
  yes("list != label");
  no("list < label");
}

TEST(Comparison, MissingIsFalse) {
  for (const char* sign : {"==", "!=", "<", "<=", ">", ">="}) {
    no("/nope " + std::string(sign) + " 1");
    no("1 " + std::string(sign) + " /nope");
    no("/nope " + std::string(sign) + " null");
  }
  no("/nope");
  yes("!/nope");
  yes("missing(/nope) && !exists(/nope) && missing(a.b.c)");
  yes("exists(/label/none) && exists( term ) && !missing(/label)");
}

TEST(Comparison, AndBindsTighterThanOr) {
  yes("true || true && false");
  no("(true || true) && false");
  yes("!false && true");
  no("!(false || true)");
  yes("!!true");
  yes("!n == 11 || true");
  yes("n==10&&status=='ok'||false");
  yes(" ( ( n < 11 ) ) ");
}

TEST(Comparison, RefusalsNameTheColumn) {
  const auto refuses = [](std::string_view text, std::string_view message) {
    EXPECT_EQ(parse_error(text), "job.condition: " + std::string(message)) << text;
  };
  refuses("", "column 1: expected a field or a value");
  refuses("n = 1", "column 4: expected ==");
  refuses("n < ", "column 5: expected a field or a value");
  refuses("é < 1 ü", "column 7: expected && or || or the end");
  refuses("(n < 1", "column 7: expected )");
  refuses("n < 1)", "column 6: expected && or || or the end");
  refuses("n < 1 & n > 2", "column 7: expected && or || or the end");
  refuses("n < 1 || ", "column 10: expected a field or a value");
  refuses("1 < 01", "column 5: not a number");
  refuses("1 < 1.2.3", "column 5: not a number");
  refuses("1", "column 2: expected a comparison");
  refuses("\"x\"", "column 4: expected a comparison");
  refuses("n == \"x", "column 6: not a text");
  refuses("n == \"x\\", "column 6: not a text");
  refuses("n == 'x", "column 6: the text has no end");
  refuses("{n < 1", "column 1: expected } behind the name");
  refuses("{} < 1", "column 1: expected a field or a value");
  refuses("/a~ < 1", "column 1: JSON pointer \"/a~\": ~ must be followed by 0 or 1");
  refuses("exists(1)", "column 9: expected the name of a field");
  refuses("exists(n", "column 9: expected )");
  refuses("n < 1 < 2", "column 7: expected && or || or the end");
  refuses(std::string(60, '!') + "n", "column 51: nested deeper than 50");
  refuses(std::string(60, '(') + "n", "column 51: nested deeper than 50");
  refuses(std::string(5000, 'n'), "column 1: a condition of more than 4096 bytes");
}

TEST(Comparison, LongChainsAreFine) {
  std::string text = "n == 10";
  while (text.size() < 4000) text += "&&n==10";
  yes(text);
}

TEST(Comparison, NamesItsFields) {
  const auto parsed = Comparison::parse("a < 1 && (exists(/b/c) || {x y} == a) && 'a' != d.e");
  EXPECT_EQ(parsed->names(), (std::vector<std::string>{"a", "/b/c", "x y", "d.e"}));
  EXPECT_EQ(Comparison::parse("n")->text(), "n");
}

}  // namespace
}  // namespace penstock::placeholders
