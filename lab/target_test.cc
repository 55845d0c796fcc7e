// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Targets as clients send them, also odd ones.
#include "target.h"

#include <gtest/gtest.h>

namespace penstock::lab {
namespace {

std::string param(std::string_view raw, std::string_view name) {
  const auto target = parse_target(raw);
  const auto* value = target.find(name);
  return value ? *value : "(none)";
}

TEST(Target, is_split_and_decoded) {
  const auto target = parse_target("/files/a%20b.html?q=x+y%26z&flag&q2=");
  EXPECT_EQ(target.path, "/files/a b.html");
  EXPECT_EQ(*target.find("q"), "x y&z");
  EXPECT_EQ(*target.find("flag"), "");
  EXPECT_EQ(*target.find("q2"), "");
  EXPECT_EQ(target.find("none"), nullptr);
}

TEST(Target, survives_odd_forms) {
  EXPECT_EQ(parse_target("http://127.0.0.1:80/ok?a=1").path, "/ok");
  EXPECT_EQ(parse_target("http://host").path, "/");
  EXPECT_EQ(parse_target("/a%zz%4").path, "/a%zz%4");
  EXPECT_EQ(parse_target("/a+b").path, "/a+b");
  EXPECT_EQ(parse_target("/?&&a=b=c&").params.size(), 1u);
  EXPECT_EQ(param("/?a=b=c", "a"), "b=c");
  EXPECT_EQ(param("/?a=1&a=2", "a"), "2");
  EXPECT_EQ(param("", "a"), "(none)");
}

TEST(Target, with_one_parameter_changed) {
  EXPECT_EQ(with_param(parse_target("/a%20b?x=1&y=%26&x=3"), "x", "9"), "/a%20b?x=9&y=%26");
  EXPECT_EQ(with_param(parse_target("/a?y"), "x", "9"), "/a?y&x=9");
  EXPECT_EQ(with_param(parse_target("/a"), "q", "ä b"), "/a?q=%C3%A4%20b");
}

}  // namespace
}  // namespace penstock::lab
