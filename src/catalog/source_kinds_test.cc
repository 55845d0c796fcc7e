// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/source_kinds.h"

#include <gtest/gtest.h>

#include <fstream>

#include "catalog/setting_of_json.h"
#include "os/temp_folder.h"

namespace penstock::catalog {
namespace {

class SourceKindsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(std::move(*os::TempFolder::create(::testing::TempDir())));
    std::ofstream(folder_->path() / "a.txt") << "x\n\n y\n";
    std::ofstream(folder_->path() / "a.csv") << "id;t\n1;one\n2;two\n";
    std::ofstream(folder_->path() / "a.jsonl") << "{\"id\":1}\n";
  }

  /// The values of all items, or what is wrong.
  std::string items(std::string_view input) {
    Problems problems;
    const Setting tree = setting_of(input);
    SettingReader reader(tree, "input", problems);
    const auto spec = read_source(reader, folder_->path());
    if (!spec || problems.has_errors()) return complaints_of(problems);
    spec_ = *spec;
    const auto source = spec->open({});
    if (!source) return source.error().message;
    std::vector<SourceItem> found;
    for (;;) {
      const auto state = (*source)->read(100, found);
      if (!state || *state == SourceState::end) break;
    }
    std::string text;
    for (const SourceItem& item : found) text += (text.empty() ? "" : " ") + item.value;
    return text;
  }

  std::optional<os::TempFolder> folder_;
  SourceSpec spec_;
};

TEST_F(SourceKindsTest, Lines) {
  EXPECT_EQ(items(R"({"lines":"a.txt"})"), R"({"line":"x"} {"line":" y"})");
  EXPECT_EQ(spec_.words, "lines of a.txt");
  EXPECT_EQ(spec_.paths, std::vector<std::string>{(folder_->path() / "a.txt").string()});
  EXPECT_FALSE(spec_.has_key);
  EXPECT_EQ(items(R"({"lines":{"file":"a.txt","as":"t","blank":"keep","trim":true,"key":"t"}})"),
            R"({"t":"x"} {"t":""} {"t":"y"})");
  EXPECT_TRUE(spec_.has_key);
  EXPECT_EQ(items(R"({"lines":{"files":["a.txt","a.txt"]},"as":"t"})"),
            R"({"t":"x"} {"t":" y"} {"t":"x"} {"t":" y"})");
}

TEST_F(SourceKindsTest, Tables) {
  EXPECT_EQ(items(R"({"csv":{"file":"a.csv","separator":";","key":"id"}})"),
            R"({"id":"1","t":"one"} {"id":"2","t":"two"})");
  EXPECT_EQ(spec_.fields, (std::vector<std::string>{"id", "t"}));
  EXPECT_EQ(items(R"({"jsonl":"a.jsonl"})"), R"({"id":1})");
  EXPECT_EQ(spec_.fields, std::nullopt);
  EXPECT_EQ(items(R"({"csv":{"file":"a.csv","separator":";;"}})").substr(0, 33),
            "input.csv.separator: expected one");
}

TEST_F(SourceKindsTest, RangesAndGlobs) {
  EXPECT_EQ(items(R"({"range":"1..3","as":"i"})"), R"({"i":1} {"i":2} {"i":3})");
  EXPECT_TRUE(items(R"({"glob":"*.txt"})").find("a.txt\",\"name\":\"a.txt\",\"bytes\":6") !=
              std::string::npos);
  EXPECT_EQ(items(R"({"range":"x"})").substr(0, 19), "input.range.range: ");
}

TEST_F(SourceKindsTest, TheLongestFirst) {
  std::ofstream(folder_->path() / "b.txt") << "x\nlonger\nyy\n";
  EXPECT_EQ(items(R"({"lines":"b.txt","order":"longest"})"),
            R"({"line":"longer"} {"line":"yy"} {"line":"x"})");
  EXPECT_EQ(items(R"({"lines":"b.txt","order":"input"})").substr(0, 12), R"({"line":"x"})");
  EXPECT_TRUE(items(R"({"glob":"?.txt","order":"longest"})").find("b.txt") <
              items(R"({"glob":"?.txt","order":"longest"})").find("a.txt"));
  EXPECT_EQ(items(R"({"stdin":"lines","order":"longest"})"),
            "input.order: standard input cannot be sorted: it has no end yet\n");
}

TEST_F(SourceKindsTest, APipeIsOpenedOnlyByARun) {
  Problems problems;
  const Setting tree = setting_of(R"({"stdin":"csv","key":"id"})");
  SettingReader reader(tree, "input", problems);
  const auto spec = read_source(reader, folder_->path());
  ASSERT_TRUE(spec) << complaints_of(problems);
  EXPECT_TRUE(spec->is_pipe);
  EXPECT_TRUE(spec->has_key);
  EXPECT_EQ(spec->words, "rows of standard input");
}

TEST_F(SourceKindsTest, MissingFilesAreFoundAtOnce) {
  EXPECT_EQ(items(R"({"lines":"none.txt"})").substr(0, 25), "input.lines.file: open /t");
  EXPECT_EQ(
      items(R"({"sqlite":{"file":"a.txt"}})"),
      "input.sqlite.query: expected a SELECT statement; its ORDER BY is the order of items\n");
}

}  // namespace
}  // namespace penstock::catalog
