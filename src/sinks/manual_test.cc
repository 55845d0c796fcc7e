// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Runs every example of docs/manual/output.md: a line with the format and its columns, then records
// behind `>` and the rows behind `<`.
#include <gtest/gtest.h>
#include <penstock/sinks.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sinks/crashes.h"

namespace penstock {
namespace {

using namespace sinks;

struct Example {
  std::string command;
  std::vector<Row> records;
  std::string rows;
};

// "17/3 17 {"url":"/a"} {"text":"x"}", or a kind of failure behind "!".
Row parse_record(const std::string& line) {
  std::istringstream words(line);
  Row row;
  std::string outcome;
  words >> row.key >> row.parent_key >> row.value >> outcome;
  if (row.parent_key == "-") row.parent_key.clear();
  if (outcome.starts_with('!')) {
    row.status = ItemStatus::failed;
    row.kind = outcome.substr(1);
  } else {
    row.output = outcome;
  }
  return row;
}

std::vector<Example> examples_of_manual() {
  std::ifstream in("docs/manual/output.md");
  std::vector<Example> examples;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "```text") {
      inside = true;
      examples.emplace_back();
    } else if (line.starts_with("```")) {
      inside = false;
    } else if (inside && line.starts_with('>')) {
      examples.back().records.push_back(parse_record(line.substr(2)));
    } else if (inside && line.starts_with('<')) {
      examples.back().rows += line.substr(2) + "\n";
    } else if (inside) {
      examples.back().command = line;
    }
  }
  return examples;
}

std::string render(const Example& example) {
  std::istringstream words(example.command);
  std::string format;
  words >> format;
  TableOptions options{.path = "out", .columns = {}, .steps = {"search", "page"}};
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    options.columns.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  TestLedger ledger(
      [&](const std::string& folder) {
        options.path = folder + "/out";
        return format == "csv" ? make_csv_sink(options) : make_jsonl_sink(options);
      },
      example.records);
  const auto status = ledger.run();
  return status ? read_file(ledger.path("out")) : status.error().message;
}

TEST(Manual, SaysWhatOutputsHold) {
  const std::vector<Example> examples = examples_of_manual();
  ASSERT_GE(examples.size(), 4U);
  for (const Example& example : examples) {
    EXPECT_EQ(render(example), example.rows) << example.command;
  }
}

}  // namespace
}  // namespace penstock
