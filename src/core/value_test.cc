// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Values grow and shrink as text, and names find the nearest field.
#include "core/value.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

json::Document read(std::string_view text) { return std::move(*json::Document::parse(text)); }

std::string add(std::string_view value, std::string_view name, std::string_view json) {
  const auto document = read(value);
  return with_member(document.root(), name, json);
}

std::string cut(std::string_view text, std::string_view pointer) {
  const auto document = read(text);
  return cut_member_at(document.root(), pointer);
}

std::string found(std::string_view value, std::string_view name) {
  const auto document = read(value);
  const auto node = lookup(document.root(), name);
  return node ? std::string(node->raw()) : "missing";
}

TEST(Value, ParentComesLast) {
  EXPECT_EQ(with_parent(R"({"rank":1.0})", R"({"term":"x"})"),
            R"({"rank":1.0,"parent":{"term":"x"}})");
  EXPECT_EQ(with_parent("{}", R"({"term":"x"})"), R"({"parent":{"term":"x"}})");
  EXPECT_EQ(with_parent(R"({"a":1})", ""), R"({"a":1})");
}

TEST(Value, MembersAreAddedBeforeParentAndReplaced) {
  EXPECT_EQ(add("{}", "search", "[1]"), R"({"search":[1]})");
  EXPECT_EQ(add(R"({"a":1})", "b\n", "2"), R"({"a":1,"b\n":2})");
  EXPECT_EQ(add(R"({"a":1,"parent":{"t":2}})", "b", "3"), R"({"a":1,"b":3,"parent":{"t":2}})");
  EXPECT_EQ(add(R"({"b":1,"a":1e1,"b":2,"parent":{}})", "b", "3"),
            R"({"a":1e1,"b":3,"parent":{}})");
  EXPECT_EQ(add(R"({"a":1,"parent":{"t":2}})", "parent", "3"), R"({"a":1,"parent":3})");
  EXPECT_EQ(add(R"({"parent":1,"a":1})", "b", "3"), R"({"parent":1,"a":1,"b":3})");
}

TEST(Value, WhatEachTakesIsCut) {
  EXPECT_EQ(cut(R"({"results":[1,2],"total":2.50})", "/results"), R"({"total":2.50})");
  EXPECT_EQ(cut(R"({"a":1,"r":{"x":[1],"y":2,"x":[3]},"z":3})", "/r/x"),
            R"({"a":1,"r":{"y":2},"z":3})");
  EXPECT_EQ(cut(R"([0,{"hits":[1]},2])", "/1/hits"), "[0,{},2]");
  EXPECT_EQ(cut(R"([0,[1,2],3])", "/1"), "[0,null,3]");
  EXPECT_EQ(cut(R"({"r":[[1],[2]]})", "/r/1"), R"({"r":[[1],null]})");
  EXPECT_EQ(cut("[1,2]", ""), "null");
  EXPECT_EQ(cut(R"({"a/b":[1],"c":1})", "/a~1b"), R"({"c":1})");
  EXPECT_EQ(cut(R"({"a":1})", "/nope"), R"({"a":1})");
}

constexpr std::string_view kPage =
    R"({"rank":1,"url":"u","price.usd":5,"parent":{"term":"x","rank":9,)"
    R"("search":{"total":3,"hits":["h0","h1"]},"parent":{"list":"L","term":"far"}}})";

TEST(Value, TheNearestNameWins) {
  EXPECT_EQ(found(kPage, "rank"), "1");
  EXPECT_EQ(found(kPage, "term"), R"("x")");
  EXPECT_EQ(found(kPage, "list"), R"("L")");
  EXPECT_EQ(found(kPage, "nope"), "missing");
}

TEST(Value, DottedNamesArePaths) {
  EXPECT_EQ(found(kPage, "search.total"), "3");
  EXPECT_EQ(found(kPage, "search.hits.1"), R"("h1")");
  EXPECT_EQ(found(kPage, "parent.rank"), "9");
  EXPECT_EQ(found(kPage, "parent.parent.term"), R"("far")");
  EXPECT_EQ(found(kPage, "price.usd"), "5");
  EXPECT_EQ(found(kPage, "search.hits.2"), "missing");
  EXPECT_EQ(found(kPage, "search.total.x"), "missing");
  EXPECT_EQ(found(kPage, "rank.x"), "missing");
  EXPECT_EQ(found(kPage, "search."), "missing");
  EXPECT_EQ(found(R"({"a":1,"parent":{"a":{"b":2}}})", "a.b"), "missing");
}

TEST(Value, PointersStartAtTheRoot) {
  EXPECT_EQ(found(kPage, "/rank"), "1");
  EXPECT_EQ(found(kPage, "/term"), "missing");
  EXPECT_EQ(found(kPage, "/parent/search/hits/0"), R"("h0")");
}

TEST(Value, AParentThatIsNoObjectEndsTheSearch) {
  EXPECT_EQ(found(R"({"a":1,"parent":"p"})", "b"), "missing");
  EXPECT_EQ(found(R"({"a":1,"parent":["p"]})", "0"), "missing");
  EXPECT_EQ(found("[1]", "a"), "missing");
}

}  // namespace
}  // namespace penstock
