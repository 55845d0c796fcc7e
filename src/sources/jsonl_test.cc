// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/sources.h>

#include "sources/line_reader.h"
#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

class JsonlTest : public ::testing::Test {
 protected:
  std::string check(std::string_view bytes, JsonlOptions options = {}) const {
    const std::string file = inputs_.write("trials.jsonl", bytes);
    return read_back([&] { return open_jsonl(std::vector{file}, options); }, inputs_);
  }

  Inputs inputs_;
};

TEST_F(JsonlTest, GivesObjectsAsTheyAre) {
  EXPECT_EQ(check("{\"id\": 1.50, \"big\": 123456789012345678901}\r\n{}"),
            "{\"id\":1.50,\"big\":123456789012345678901}\n{}\n");
}

TEST_F(JsonlTest, NamesWhatIsNoObject) {
  EXPECT_EQ(check("7\n\"x\"\n[1, 2]\nnull\n"),
            "{\"value\":7}\n{\"value\":\"x\"}\n{\"value\":[1,2]}\n{\"value\":null}\n");
}

TEST_F(JsonlTest, PassesOverBlankLines) {
  auto items = open_jsonl(std::vector{inputs_.write("a", "\n{}\n \r\n7\n\n")}, {});
  EXPECT_EQ(to_text(read_all(**items), inputs_), "{}\n{\"value\":7}\n");
  EXPECT_EQ((*items)->blank_lines(), 3U);
}

TEST_F(JsonlTest, SetsAsideWhatIsNoJson) {
  const std::string text = check("{}\n{\"a\":\n{\"b\":1} x\n[]\n");
  EXPECT_EQ(text.find("{}\n{\"line\":\"{\\\"a\\\":\"} !input.json: trials.jsonl:2: "), 0U) << text;
  EXPECT_NE(text.find("\n{\"line\":\"{\\\"b\\\":1} x\"} !input.json: trials.jsonl:3: "),
            std::string::npos);
  EXPECT_TRUE(text.ends_with("\n{\"value\":[]}\n"));
}

TEST_F(JsonlTest, SetsAsideWhatIsTooDeepOrTooLong) {
  const std::string deep(10'000, '[');
  EXPECT_NE(check(deep + "\n").find("!input.json: trials.jsonl:1: "), std::string::npos);
  const std::string longest = "\"" + std::string(kLineBytesMax, 'x') + "\"\n";
  EXPECT_NE(check(longest).find("!input.too_long: trials.jsonl:1: "), std::string::npos);
}

TEST_F(JsonlTest, SetsAsideInvalidUtf8AndLoneSurrogates) {
  EXPECT_NE(check("\"\xFF\"\n").find("!input.json"), std::string::npos);
  EXPECT_NE(check("\"\\ud800\"\n").find("!input.json"), std::string::npos);
}

TEST_F(JsonlTest, TakesAMemberAsKey) {
  EXPECT_EQ(check("{\"id\":\"a\"}\n{\"id\":7}\n{}\n3\n", {.key = "id"}),
            "{\"id\":\"a\"} #a\n{\"id\":7} #7\n"
            "{} !input.key: trials.jsonl:3: no value for the key 'id'\n"
            "{\"value\":3} !input.key: trials.jsonl:4: no value for the key 'id'\n");
}

}  // namespace
}  // namespace penstock
