// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/template_reader.h"

#include <gtest/gtest.h>

#include "catalog/setting_of_json.h"

namespace penstock::catalog {
namespace {

TEST(TemplateReader, RemembersNamesAndWhereTheyStand) {
  Problems problems;
  TemplateReader reader(problems);
  EXPECT_TRUE(reader.parse("{a} {env.KEY} {b|default:x}", placeholders::Place::plain, {3, 4}, "k"));
  reader.note_strings(setting_of(R"({"q":"{c}","list":["{d}",1]})"), "json");
  const std::vector<TemplateUse> uses = reader.take();
  ASSERT_EQ(uses.size(), 3U);
  EXPECT_EQ(uses[0].names, std::vector<std::string>{"a"});
  EXPECT_EQ(uses[0].reserved, std::vector<std::string>{"env.KEY"});
  EXPECT_EQ(uses[0].at, (Place{3, 4}));
  EXPECT_EQ(uses[1].key, "json.q");
  EXPECT_EQ(uses[2].names, std::vector<std::string>{"d"});
  EXPECT_FALSE(problems.has_errors());
}

TEST(TemplateReader, ABrokenOneIsAProblemAtItsPlace) {
  Problems problems;
  TemplateReader reader(problems);
  EXPECT_FALSE(reader.parse("{a", placeholders::Place::plain, {3, 4}, "step.url"));
  ASSERT_TRUE(problems.has_errors());
  EXPECT_EQ(problems.sorted()[0].at, (Place{3, 4}));
  EXPECT_EQ(problems.sorted()[0].key, "step.url");
  EXPECT_TRUE(reader.take().empty());
}

}  // namespace
}  // namespace penstock::catalog
