// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/sources.h>

#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

class GlobTest : public ::testing::Test {
 protected:
  std::string check(const std::string& pattern) const {
    return read_back([&] { return open_glob({.pattern = inputs_.path(pattern)}); }, inputs_);
  }

  Inputs inputs_;
};

TEST_F(GlobTest, GivesFilesInTheOrderOfTheirBytes) {
  for (const char* name : {"b.txt", "a.txt", "B.txt", "a.md", "10.txt", "9.txt"}) {
    inputs_.write(name, std::string(name));
  }
  EXPECT_EQ(check("*.txt"),
            "{\"path\":\"10.txt\",\"name\":\"10.txt\",\"bytes\":6}\n"
            "{\"path\":\"9.txt\",\"name\":\"9.txt\",\"bytes\":5}\n"
            "{\"path\":\"B.txt\",\"name\":\"B.txt\",\"bytes\":5}\n"
            "{\"path\":\"a.txt\",\"name\":\"a.txt\",\"bytes\":5}\n"
            "{\"path\":\"b.txt\",\"name\":\"b.txt\",\"bytes\":5}\n");
}

TEST_F(GlobTest, LooksIntoFolders) {
  inputs_.write("x/1/a.txt", "1");
  inputs_.write("x/2/a.txt", "12");
  inputs_.write("x/2/b.md", "");
  inputs_.write("x/a.txt", "");
  EXPECT_EQ(check("x/*/a.txt"),
            "{\"path\":\"x/1/a.txt\",\"name\":\"a.txt\",\"bytes\":1}\n"
            "{\"path\":\"x/2/a.txt\",\"name\":\"a.txt\",\"bytes\":2}\n");
  EXPECT_EQ(check("x/a.txt"), "{\"path\":\"x/a.txt\",\"name\":\"a.txt\",\"bytes\":0}\n");
}

TEST_F(GlobTest, LooksAtAnyDepth) {
  inputs_.write("t/z.txt", "");
  inputs_.write("t/a/m.txt", "");
  inputs_.write("t/a/b/c/n.txt", "");
  inputs_.write("t/.git/o.txt", "");
  std::filesystem::create_directory_symlink("..", inputs_.path("t/a/loop"));
  EXPECT_EQ(check("t/**/*.txt"),
            "{\"path\":\"t/z.txt\",\"name\":\"z.txt\",\"bytes\":0}\n"
            "{\"path\":\"t/a/m.txt\",\"name\":\"m.txt\",\"bytes\":0}\n"
            "{\"path\":\"t/a/b/c/n.txt\",\"name\":\"n.txt\",\"bytes\":0}\n");
  EXPECT_EQ(check("t/**/b/c/*"), "{\"path\":\"t/a/b/c/n.txt\",\"name\":\"n.txt\",\"bytes\":0}\n");
}

TEST_F(GlobTest, GivesFilesAlone) {
  inputs_.write("f/a", "x");
  inputs_.write("f/folder/b", "x");
  std::filesystem::create_symlink("a", inputs_.path("f/link"));
  std::filesystem::create_symlink("nowhere", inputs_.path("f/dangling"));
  EXPECT_EQ(check("f/*"),
            "{\"path\":\"f/a\",\"name\":\"a\",\"bytes\":1}\n"
            "{\"path\":\"f/link\",\"name\":\"link\",\"bytes\":1}\n");
}

TEST_F(GlobTest, GivesNothingWhereNothingMatches) {
  EXPECT_EQ(check("*.nothing"), "");
  EXPECT_EQ(check("no/such/*/folder"), "");
  inputs_.write("file", "");
  EXPECT_EQ(check("file/*"), "");
}

TEST_F(GlobTest, SetsAsideANameThatIsNotUtf8) {
  inputs_.write("h/\xFF\xFE", "");
  inputs_.write("h/$(id)\n'\"", "");
  EXPECT_EQ(check("h/*"),
            "{\"path\":\"h/$(id)\\n'\\\"\",\"name\":\"$(id)\\n'\\\"\",\"bytes\":0}\n"
            "{\"path\":\"h/\xEF\xBF\xBD\xEF\xBF\xBD\"} !input.encoding: h/\xFF\xFE: the name is "
            "not valid UTF-8\n");
}

TEST_F(GlobTest, TakesASpecialNameByEscape) {
  inputs_.write("s/[a].txt", "");
  inputs_.write("s/a.txt", "");
  EXPECT_EQ(check("s/\\[a].txt"), "{\"path\":\"s/[a].txt\",\"name\":\"[a].txt\",\"bytes\":0}\n");
}

TEST_F(GlobTest, RefusesWhatIsNoPattern) {
  EXPECT_FALSE(open_glob({.pattern = ""}));
  EXPECT_FALSE(open_glob({.pattern = "/"}));
  EXPECT_FALSE(open_glob({.pattern = "**/a/**/b"}));
}

}  // namespace
}  // namespace penstock
