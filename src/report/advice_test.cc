// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/advice.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

namespace penstock::report {
namespace {

TEST(Advice, IsForTheKindOrItsFamily) {
  EXPECT_EQ(advice("http.404"), "these addresses do not exist (any more); nothing to retry");
  EXPECT_EQ(advice("http.503"), advice("http.500"));
  EXPECT_NE(advice("http.418"), advice("http.404"));
  EXPECT_NE(advice("timeout.idle"), advice("net.refused"));
}

TEST(Advice, KnowsEveryKindThatIsDocumented) {
  std::ifstream page("docs/errors.md");
  const std::regex row(R"(^\| `([a-z_]+(\.[a-z0-9_]+)?)`)");
  std::size_t kinds = 0;
  for (std::string line; std::getline(page, line);) {
    std::smatch found;
    if (!std::regex_search(line, found, row)) continue;
    ++kinds;
    EXPECT_NE(advice(found[1].str()), advice("")) << found[1];
  }
  EXPECT_GT(kinds, 30U);
}

TEST(Advice, IsNeverEmpty) {
  for (const char* kind : {"", "never.heard_of", "http", "x"}) EXPECT_FALSE(advice(kind).empty());
}

}  // namespace
}  // namespace penstock::report
