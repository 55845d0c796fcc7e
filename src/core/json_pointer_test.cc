// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// RFC 6901, with the examples of its section 5.
#include "core/json.h"

#include <gtest/gtest.h>

namespace penstock::json {
namespace {

constexpr std::string_view kExample = R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,)"
                                      R"("g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})";

std::string at(std::string_view pointer) {
  const auto document = Document::parse(kExample);
  const auto node = document->root().at(pointer);
  return node ? std::string(node->raw()) : "missing";
}

TEST(JsonPointer, ExamplesOfTheStandard) {
  EXPECT_EQ(at(""), kExample);
  EXPECT_EQ(at("/foo"), R"(["bar","baz"])");
  EXPECT_EQ(at("/foo/0"), R"("bar")");
  EXPECT_EQ(at("/"), "0");
  EXPECT_EQ(at("/a~1b"), "1");
  EXPECT_EQ(at("/c%d"), "2");
  EXPECT_EQ(at("/e^f"), "3");
  EXPECT_EQ(at("/g|h"), "4");
  EXPECT_EQ(at("/i\\j"), "5");
  EXPECT_EQ(at("/k\"l"), "6");
  EXPECT_EQ(at("/ "), "7");
  EXPECT_EQ(at("/m~0n"), "8");
}

TEST(JsonPointer, MissingIsMissing) {
  for (const char* pointer :
       {"/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/ 1", "/foo/", "/foo/0/x",
        "/nope", "/a~1b/", "/foo/99999999999999999999"}) {
    EXPECT_EQ(at(pointer), "missing") << pointer;
  }
}

TEST(JsonPointer, MalformedIsNamed) {
  for (const char* pointer : {"foo", " /foo", "/~", "/a~2b", "/a~"}) {
    const Status status = check_pointer(pointer);
    ASSERT_FALSE(status) << pointer;
    EXPECT_EQ(status.error().kind, "json.pointer");
    EXPECT_EQ(at(pointer), "missing");
  }
  EXPECT_TRUE(check_pointer(""));
  EXPECT_TRUE(check_pointer("/~0~1"));
}

TEST(JsonPointer, PartsAreUnescaped) {
  EXPECT_EQ(pointer_parts(""), std::vector<std::string>{});
  EXPECT_EQ(pointer_parts("/"), std::vector<std::string>{""});
  EXPECT_EQ(pointer_parts("/a~1b//~01"), (std::vector<std::string>{"a/b", "", "~1"}));
}

}  // namespace
}  // namespace penstock::json
