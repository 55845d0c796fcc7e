// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/file_content.h"

#include <gtest/gtest.h>

namespace penstock::sinks {
namespace {

// The bytes, or <name> of a body.
std::string content(std::string_view output, std::string_view bodies = "/run/files") {
  const FileContent found = content_of(output, bodies);
  return found.body_name.empty() ? found.bytes : "<" + found.body_name + ">";
}

TEST(FileContent, TakesTheTextOfAnAnswer) {
  EXPECT_EQ(content(R"({"status":200,"text":"a\nb","body":"c"})"), "a\nb");
  EXPECT_EQ(content(R"({"body":"c","file":"/run/files/1"})"), "c");
  EXPECT_EQ(content(R"({"base64":"AP8="})"), std::string("\0\xFF", 2));
  EXPECT_EQ(content(R"("plain \"text\"")"), "plain \"text\"");
}

TEST(FileContent, TakesAnythingElseAsItIs) {
  EXPECT_EQ(content(R"({"n":1})"), R"({"n":1})");
  EXPECT_EQ(content(R"({"text":1})"), R"({"text":1})");
  EXPECT_EQ(content("[1]"), "[1]");
  EXPECT_EQ(content(R"({"base64":"?"})"), R"({"base64":"?"})");
}

TEST(FileContent, TakesABodyOfThisRun) {
  EXPECT_EQ(content(R"({"file":"/run/files/17"})"), "<17>");
  EXPECT_EQ(content(R"({"file":"/moved/elsewhere/files/17"})"), "<17>");
}

TEST(FileContent, TakesNoOtherFile) {
  for (const char* output :
       {R"({"file":"/etc/passwd"})", R"({"file":"/run/files/../../etc/passwd"})",
        R"({"file":"/run/files/.."})", R"({"file":"/run/files/"})", R"({"file":"files"})",
        R"({"file":""})", R"({"file":"/run/files/a/b"})"}) {
    EXPECT_EQ(content(output), output);
  }
  EXPECT_EQ(content(R"({"file":"/x"})", ""), R"({"file":"/x"})");
}

}  // namespace
}  // namespace penstock::sinks
