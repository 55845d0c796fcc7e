// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Runs every example of docs/manual/input.md: a line with the format and its options, then the
// input behind `>` and the items behind `<`.
#include <gtest/gtest.h>
#include <penstock/sources.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

struct Example {
  std::string command;
  std::string input;
  std::string items;
};

// What follows the mark and its blank, with \t and \xFF as the bytes that they stand for.
std::string behind_mark(const std::string& line) {
  std::string text = line.size() > 2 ? line.substr(2) : "";
  for (const auto& [shown, byte] : {std::pair{"\\t", "\t"}, std::pair{"\\xFF", "\xFF"}}) {
    for (std::size_t at = 0; (at = text.find(shown, at)) != std::string::npos; ++at) {
      text.replace(at, std::string_view(shown).size(), byte);
    }
  }
  return text;
}

std::vector<Example> examples_of_manual() {
  std::ifstream in("docs/manual/input.md");
  std::vector<Example> examples;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "```text") {
      inside = true;
      examples.emplace_back();
    } else if (line.starts_with("```")) {
      inside = false;
    } else if (inside && line.starts_with('>')) {
      examples.back().input += behind_mark(line) + "\n";
    } else if (inside && line.starts_with('<')) {
      examples.back().items += line.substr(2) + "\n";
    } else if (inside) {
      examples.back().command = line;
    }
  }
  return examples;
}

// The value behind `name=` among the words of a command, or nothing.
std::string option(const std::string& command, const std::string& name) {
  std::istringstream words(command);
  for (std::string word; words >> word;) {
    if (word.starts_with(name + "=")) return word.substr(name.size() + 1);
  }
  return "";
}

Result<std::unique_ptr<Source>> open(const std::string& command, std::vector<std::string> files) {
  const std::string key = option(command, "key");
  const std::string as = option(command, "as");
  if (command.starts_with("lines")) {
    const bool trims = command.find(" trim") != std::string::npos;
    return open_lines(
        std::move(files),
        {.as = as.empty() ? "line" : as, .trim = trims ? Trim::ends : Trim::nothing, .key = key});
  }
  if (command.starts_with("jsonl")) return open_jsonl(std::move(files), {.key = key});
  if (command.starts_with("csv")) {
    const bool tabs = option(command, "separator") == "\\t";
    return open_csv(std::move(files), {.separator = tabs ? '\t' : ',', .key = key});
  }
  std::istringstream words(command);
  std::string range;
  words >> range >> range;
  PENSTOCK_TRY(options, parse_range(range));
  if (!as.empty()) options.as = as;
  return make_range(options);
}

TEST(Manual, SaysWhatInputsGive) {
  const Inputs inputs;
  const std::vector<Example> examples = examples_of_manual();
  ASSERT_GE(examples.size(), 10U);
  for (const Example& example : examples) {
    const std::vector<std::string> files = {inputs.write("in", example.input)};
    auto source = open(example.command, files);
    ASSERT_TRUE(source) << example.command;
    std::string items = to_text(read_all(**source), inputs);
    if (const auto at = items.rfind("\n !"); at != std::string::npos) items.erase(at + 1, 1);
    if (items.starts_with(" !")) items.erase(0, 1);
    EXPECT_EQ(items, example.items) << example.command;
  }
}

}  // namespace
}  // namespace penstock
