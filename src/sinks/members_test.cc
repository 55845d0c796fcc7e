// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/members.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "core/json_text.h"

namespace penstock::sinks {
namespace {

// name=value by member; ! at the end if the text is broken.
std::string read(std::string_view object) {
  Members members(object);
  std::string text;
  while (const auto member = members.next()) {
    text += std::string(member->name) + "=" + std::string(member->json) + " ";
  }
  return text + (members.is_broken() ? "!" : "");
}

TEST(Members, CutsAnObject) {
  EXPECT_EQ(read("{}"), "");
  EXPECT_EQ(read(R"({"a":1})"), "\"a\"=1 ");
  EXPECT_EQ(read(R"({"a":"x,}]","b":[1,{"c":"]"}],"d":{"e":{}},"f":null})"),
            R"("a"="x,}]" "b"=[1,{"c":"]"}] "d"={"e":{}} "f"=null )");
  EXPECT_EQ(read(R"({"a\"}":"\\","b":"\\\"}"})"), R"("a\"}"="\\" "b"="\\\"}" )");
}

TEST(Members, AllowsBlanks) {
  EXPECT_EQ(read(" { \"a\" : 1 ,\n\"b\" : [ 1 , 2 ] } "), "\"a\"=1 \"b\"=[ 1 , 2 ] ");
  EXPECT_EQ(read("{ }"), "");
}

TEST(Members, KnowsWhatIsNoObject) {
  for (const char* text : {"", "[]", "1", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
                           "{\"a\":\"x", "{\"a\":[1", "{\"a\":{", "{a:1}", "{\"a\" 1}",
                           "{\"a\":1 \"b\":2}", "{\"a\":\"\\", "{\"a\":}", "{,}", "{\"a\":1,}"}) {
    EXPECT_TRUE(read(text).ends_with('!')) << text << " " << read(text);
  }
}

TEST(Members, NeverReadsPastACut) {
  const std::string whole = R"({"a":"x\\\"y","b":[1,{"c":"\u00e9"}],"d":{"e":1.5e3}} )";
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    EXPECT_TRUE(read(cut).ends_with('!')) << cut;
  }
}

TEST(Unquoted, DecodesEscapes) {
  EXPECT_EQ(unquoted(R"("")"), "");
  EXPECT_EQ(unquoted(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(unquoted(R"("\u0041\u00e9\u20ac")"), "A\xC3\xA9\xE2\x82\xAC");
  EXPECT_EQ(unquoted(R"("\ud83d\ude00")"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(unquoted(R"("\u0000")"), std::string(1, '\0'));
}

TEST(Unquoted, ReplacesLoneSurrogates) {
  EXPECT_EQ(unquoted(R"("\ud83dx")"), "\xEF\xBF\xBDx");
  EXPECT_EQ(unquoted(R"("\ude00")"), "\xEF\xBF\xBD");
  EXPECT_EQ(unquoted(R"("\ud83d\u0041")"),
            "\xEF\xBF\xBD"
            "A");
}

TEST(Unquoted, SurvivesABrokenEscape) {
  for (const char* text : {R"("a\")", R"("a\u")", R"("a\u12")", R"("a\uzzzz")", R"("\ud83d\u1")"}) {
    EXPECT_LE(unquoted(text).size(), 4U) << text;
  }
}

TEST(Unquoted, IsTheReverseOfQuote) {
  std::string all;
  for (int i = 0; i < 128; ++i) all += static_cast<char>(i);
  all += "\xC3\xA9\xF0\x9F\x98\x80";
  EXPECT_EQ(unquoted(json::quoted(all)), all);
}

}  // namespace
}  // namespace penstock::sinks
