// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog/sink_kinds.h"

#include <gtest/gtest.h>

#include "catalog/setting_of_json.h"
#include "os/temp_folder.h"

namespace penstock::catalog {
namespace {

class SinkKindsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.emplace(std::move(*os::TempFolder::create(::testing::TempDir())));
  }

  /// The names of all sinks as they name themselves, or what is wrong.
  std::string names(std::string_view output) {
    Problems problems;
    const Setting tree = setting_of(output);
    SettingReader reader(tree, "output", problems);
    spec_ = read_output(reader, folder_->path());
    if (problems.has_errors()) return complaints_of(problems);
    std::string text;
    for (const SinkSpec& spec : spec_.sinks) {
      const auto sink = spec.make({.steps = {"search", "page"}, .bodies_folder = "/tmp"});
      text += sink ? std::string((*sink)->name()) : "REFUSED " + sink.error().message;
      text += '\n';
    }
    return text;
  }

  std::optional<os::TempFolder> folder_;
  OutputSpec spec_;
};

TEST_F(SinkKindsTest, EveryKind) {
  EXPECT_EQ(names(R"({"jsonl":"a.jsonl","csv":{"file":"a.tsv","separator":"\t"},
                      "sqlite":{"file":"a.db","table":"rows"},"files":"t/{term|slug}.txt",
                      "content":"page","spreadsheet_safe":true,"keep_order":true})"),
            "jsonl:a.jsonl\ncsv:a.tsv\nsqlite:a.db\nfiles:t/{term|slug}.txt\n");
  EXPECT_EQ(spec_.order, OutputOrder::source);
  EXPECT_EQ(spec_.sinks[2].table, "rows");
  EXPECT_EQ(names("{}"), "");
}

TEST_F(SinkKindsTest, NamesAreTheWayFromTheJob) {
  EXPECT_EQ(names(R"({"jsonl":"./b/../a.jsonl","csv":"../a.csv","sqlite":"/x/a.db"})"),
            "jsonl:a.jsonl\ncsv:../a.csv\nsqlite:/x/a.db\n");
}

TEST_F(SinkKindsTest, FailuresMayStandByThemselves) {
  EXPECT_EQ(names(R"({"csv":"a.csv","failures":"file"})"), "csv:a.csv\njsonl:a.failed.jsonl\n");
  EXPECT_EQ(names(R"({"failures":"file"})"), "jsonl:failed.jsonl\n");
  EXPECT_EQ(names(R"({"csv":"a.csv","failures":"none"})"), "csv:a.csv\n");
}

TEST_F(SinkKindsTest, ColumnsAreFieldsOrTemplates) {
  EXPECT_EQ(names(R"({"csv":"a.csv","columns":["term","page.bytes"]})"), "csv:a.csv\n");
  ASSERT_EQ(spec_.uses.size(), 2U);
  EXPECT_EQ(spec_.uses[1].names, std::vector<std::string>{"page.bytes"});
  EXPECT_EQ(names(R"({"csv":"a.csv","columns":{"size":"{page.bytes} B"}})"), "csv:a.csv\n");
  EXPECT_EQ(names(R"({"csv":"a.csv","columns":[1]})").substr(0, 24), "output.columns: expected");
}

TEST_F(SinkKindsTest, WhatCannotBe) {
  EXPECT_EQ(names(R"({"jsonl":"a","csv":"b/../a"})"),
            "output.csv: two outputs would write b/../a\n");
  EXPECT_EQ(names(R"({"content":"{x}"})"), "output.content: is what goes into `files`\n");
  EXPECT_EQ(names(R"({"csv":{"table":"x"}})").substr(0, 43),
            "output.csv: expected the path of a file\nout");
  EXPECT_EQ(names(R"({"stdout":"xml"})").substr(0, 24), "output.stdout: expected ");
}

}  // namespace
}  // namespace penstock::catalog
