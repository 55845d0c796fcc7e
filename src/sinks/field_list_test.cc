// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/field_list.h"

#include <gtest/gtest.h>

namespace penstock::sinks {
namespace {

std::string read(std::string_view value, Ancestry ancestry = Ancestry::has_parent) {
  FieldList list;
  if (!list.read(value, ancestry)) return "broken";
  std::string text;
  for (const auto& field : list.fields()) {
    EXPECT_EQ(list.find(field.name), &field);
    text += std::string(field.name) + "=" + std::string(field.json) + " ";
  }
  return text;
}

TEST(FieldList, PutsItsOwnFieldsFirst) {
  EXPECT_EQ(read(R"({"rank":1,"parent":{"term":"epoll","search":{"total":3}}})"),
            R"(rank=1 term="epoll" search={"total":3} )");
}

TEST(FieldList, TakesTheNearestOfEqualNames) {
  EXPECT_EQ(read(R"({"a":1,"parent":{"a":2,"b":3,"parent":{"b":4,"c":5}}})"), "a=1 b=3 c=5 ");
}

TEST(FieldList, TakesTheLastOfRepeatedNames) {
  EXPECT_EQ(read(R"({"a":1,"a":2,"parent":{"a":3,"b":4,"b":5}})"), "a=2 b=5 ");
}

TEST(FieldList, KnowsAFieldNamedParent) {
  EXPECT_EQ(read(R"({"parent":"x","a":1})"), R"(parent="x" a=1 )");
  EXPECT_EQ(read(R"({"parent":{"b":2},"a":1})", Ancestry::none), R"(parent={"b":2} a=1 )");
}

TEST(FieldList, DecodesNames) {
  EXPECT_EQ(read(R"({"a\"b\u00e9":1,"plain":2})"), "a\"b\xC3\xA9=1 plain=2 ");
}

TEST(FieldList, FindsAmongManyFields) {
  std::string value = "{";
  for (int i = 0; i < 1000; ++i)
    value += "\"f" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  value += "\"f7\":\"again\",\"parent\":{\"f8\":0,\"g\":1}}";
  FieldList list;
  ASSERT_TRUE(list.read(value, Ancestry::has_parent));
  EXPECT_EQ(list.fields().size(), 1001U);
  EXPECT_EQ(list.find("f7")->json, "\"again\"");
  EXPECT_EQ(list.find("f8")->json, "8");
  EXPECT_EQ(list.find("g")->level, 1U);
  EXPECT_EQ(list.find("h"), nullptr);
  ASSERT_TRUE(list.read("{\"h\":1}", Ancestry::none));
  EXPECT_EQ(list.find("f7"), nullptr);
}

TEST(FieldList, SaysWhatIsNoObject) {
  EXPECT_EQ(read("[1]"), "broken");
  EXPECT_EQ(read("{\"a\":"), "broken");
  EXPECT_EQ(read("{\"a\":1,\"parent\":{\"b\":}}"), "broken");
}

}  // namespace
}  // namespace penstock::sinks
