// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a Document gives back of a text.
#include "core/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace penstock::json {
namespace {

Document read(std::string_view text) {
  auto document = Document::parse(text);
  EXPECT_TRUE(document) << text << ": " << (document ? "" : document.error().message);
  return document ? std::move(*document) : Document();
}

std::string text_at(const Document& document, std::string_view pointer) {
  const auto node = document.root().at(pointer);
  return node ? std::string(node->text()) : "missing";
}

TEST(Json, NumbersKeepTheirText) {
  const std::string text = "[1.0,1e2,-0,0.10,12345678901234567890123,1E+400,-1e-400]";
  EXPECT_EQ(read(text).text(), text);
}

TEST(Json, WhiteSpaceGoesStringsKeepTheirs) {
  EXPECT_EQ(read(" { \"a b\" :\t[ 1 ,\n2 , [ ] , { } ] , \"c\" : null }\r\n").text(),
            R"({"a b":[1,2,[],{}],"c":null})");
}

TEST(Json, EqualStringsHaveEqualBytes) {
  EXPECT_EQ(read(R"(["\u0041\/é\u00e9\ud83d\ude00\u0001\u000a\u007f"])").text(),
            "[\"A/éé😀\\u0001\\n\x7f\"]");
}

TEST(Json, TextIsDecoded) {
  const Document document = read(R"({"k\n":"a\"b\\c\u0000d","plain":"x","n":1.50,"t":true})");
  EXPECT_EQ(text_at(document, "/k\n"), std::string("a\"b\\c\0d", 7));
  EXPECT_EQ(text_at(document, "/plain"), "x");
  EXPECT_EQ(text_at(document, "/n"), "1.50");
  EXPECT_EQ(text_at(document, "/t"), "true");
  EXPECT_EQ(document.root().member("plain")->raw(), "\"x\"");
}

TEST(Json, LongStringsWithLateEscapes) {
  std::string plain(100'000, 'x');
  const Document document = read("[\"" + plain + "\\n" + plain + "\",\"" + plain + "\"]");
  EXPECT_EQ(text_at(document, "/0"), plain + "\n" + plain);
  EXPECT_EQ(text_at(document, "/1"), plain);
}

TEST(Json, WalksInOrder) {
  const Document document = read(R"({"a":[1,[2,{"x":3}],4],"b":{"c":5},"d":6})");
  std::string names;
  for (const Member member : document.root().members()) {
    names += member.name;
    names += '=';
    names += member.value.raw();
    names += ';';
  }
  EXPECT_EQ(names, R"(a=[1,[2,{"x":3}],4];b={"c":5};d=6;)");
  std::string elements;
  for (const Node element : document.root().member("a")->elements()) elements += element.raw();
  EXPECT_EQ(elements, R"(1[2,{"x":3}]4)");
  for (const Node none : document.root().elements()) ADD_FAILURE() << none.raw();
  for (const Member none : document.root().member("a")->members()) ADD_FAILURE() << none.name;
}

TEST(Json, SizesAndKinds) {
  const Document document = read(R"([[],[1,2],{},{"a":1},"xy",3,true,null])");
  const auto is = [&](std::size_t index, Kind kind, std::size_t size) {
    const auto node = document.root().element(index);
    EXPECT_EQ(node->kind(), kind) << index;
    EXPECT_EQ(node->size(), size) << index;
  };
  EXPECT_EQ(document.root().size(), 8U);
  is(0, Kind::array, 0);
  is(1, Kind::array, 2);
  is(2, Kind::object, 0);
  is(3, Kind::object, 1);
  is(4, Kind::string, 0);
  is(5, Kind::number, 0);
  is(6, Kind::boolean, 0);
  is(7, Kind::null, 0);
  EXPECT_FALSE(document.root().element(8));
}

TEST(Json, OfRepeatedKeysTheLastWinsAndTheRestAreCounted) {
  const Document document = read(R"({"a":1,"b":{"c":1,"\u0063":2,"c":3},"a":2})");
  EXPECT_EQ(text_at(document, "/a"), "2");
  EXPECT_EQ(text_at(document, "/b/c"), "3");
  EXPECT_EQ(document.count_hidden_members(), 3U);
  EXPECT_EQ(read(R"([{"a":1},{"a":1}])").count_hidden_members(), 0U);
}

TEST(Json, NumbersAsNumbers) {
  const Document document = read(R"([12,-3,9223372036854775807,9223372036854775808,1.5,1e3,"7"])");
  const auto integer = [&](std::size_t i) { return document.root().element(i)->integer(); };
  EXPECT_EQ(integer(0), 12);
  EXPECT_EQ(integer(1), -3);
  EXPECT_EQ(integer(2), INT64_MAX);
  EXPECT_EQ(integer(3), std::nullopt);
  EXPECT_EQ(integer(4), std::nullopt);
  EXPECT_EQ(integer(6), std::nullopt);
  EXPECT_EQ(document.root().element(4)->number(), 1.5);
  EXPECT_EQ(document.root().element(5)->number(), 1000.0);
  EXPECT_EQ(document.root().element(6)->number(), std::nullopt);
  const Document far = read("[1e400,-1e400,1e-400,-1e-400,1E+400]");
  const auto number = [&](std::size_t i) { return *far.root().element(i)->number(); };
  EXPECT_EQ(number(0), HUGE_VAL);
  EXPECT_EQ(number(1), -HUGE_VAL);
  EXPECT_EQ(number(2), 0.0);
  EXPECT_EQ(number(3), 0.0);
  EXPECT_EQ(number(4), HUGE_VAL);
  const Document long_ones =
      read("[1" + std::string(400, '0') + ",0." + std::string(400, '0') + "1]");
  EXPECT_EQ(long_ones.root().element(0)->number(), HUGE_VAL);
  EXPECT_EQ(long_ones.root().element(1)->number(), 0.0);
  const Document odd =
      read("[1" + std::string(400, '0') + "e-5,0." + std::string(400, '0') + "1e5]");
  EXPECT_EQ(odd.root().element(0)->number(), HUGE_VAL);
  EXPECT_EQ(odd.root().element(1)->number(), 0.0);
}

TEST(Json, DefaultIsNull) {
  EXPECT_TRUE(Document().root().is(Kind::null));
  EXPECT_EQ(Document().root().raw(), "null");
}

TEST(Json, ByteOrderMarkIsPassedOver) { EXPECT_EQ(read("\xEF\xBB\xBF{}").text(), "{}"); }

void refuses(std::string_view text, std::string_view kind, std::string_view message_part,
             Limits limits = {}) {
  const auto document = Document::parse(text, limits);
  ASSERT_FALSE(document) << text;
  EXPECT_EQ(document.error().kind, kind) << text;
  EXPECT_EQ(document.error().code, Errc::invalid);
  EXPECT_NE(document.error().message.find(message_part), std::string::npos)
      << document.error().message;
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const char* text :
       {"",        " ",       "{",           "[1,]",   "{\"a\":1,}", "{a:1}",   "'x'",
        "nul",     "tru",     "01",          "1.",     "+1",         ".5",      "-",
        "1e",      "NaN",     "Infinity",    "\"\t\"", "\"",         "\"\\x\"", "[1}",
        "{\"a\"}", "// c\n1", "\"\\u12g4\"", "[1 2]"}) {
    refuses(text, "json.syntax", " at byte ");
  }
  refuses("[1] x", "json.syntax", "more text behind the value at byte 4");
  refuses("\xEF\xBB\xBF[1]]", "json.syntax", "at byte 6");
}

TEST(Json, RefusesInvalidUtf8AndLoneSurrogates) {
  for (const char* text :
       {"\"\xFF\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "\"\xE2\x82\"", "\"\\ud800\"",
        "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\ud800x\"", "{\"\\udfff\":1}", "\"\\ud83d\\n\""}) {
    refuses(text, "json.syntax", " at byte ");
  }
}

TEST(Json, RefusesDepthAndSizeBeyondTheLimits) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(Document::parse(nested(64)));
  refuses(nested(65), "json.depth", "deeper");
  EXPECT_TRUE(Document::parse(nested(500), {.depth = 100'000}));
  refuses(nested(501), "json.depth", "deeper", {.depth = 100'000});
  refuses(std::string(1'000'000, '['), "json.depth", "deeper", {.depth = SIZE_MAX});
  refuses(std::string(1'000'000, '{'), "json.syntax", "byte 1");
  EXPECT_TRUE(Document::parse("[1]", {.bytes = 3}));
  refuses("[11]", "json.size", "4 bytes, more than the limit of 3", {.bytes = 3});
}

TEST(Json, MovedDocumentsKeepTheirValue) {
  Document first = read(R"(["a\nb"])");
  const Document second = std::move(first);
  EXPECT_EQ(text_at(second, "/0"), "a\nb");
}

}  // namespace
}  // namespace penstock::json
