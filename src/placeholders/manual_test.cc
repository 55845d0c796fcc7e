// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Runs every example of docs/manual/placeholders.md: lines of its text blocks, whose columns stand
// two blanks apart.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "placeholders/comparison.h"
#include "placeholders/json_template.h"
#include "placeholders/template.h"

namespace penstock::placeholders {
namespace {

struct Example {
  std::string place;
  std::string text;
  std::string expected;
};

Example split(const std::string& line) {
  const std::size_t place_end = line.find("  ");
  const std::size_t text = line.find_first_not_of(' ', place_end);
  const std::size_t text_end = line.find("  ", text);
  const std::size_t expected = line.find_first_not_of(' ', text_end);
  return {line.substr(0, place_end), line.substr(text, text_end - text),
          expected == std::string::npos ? "" : line.substr(expected)};
}

std::vector<Example> examples_of_manual() {
  std::ifstream in("docs/manual/placeholders.md");
  std::vector<Example> examples;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line == "```text") {
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside) {
      examples.push_back(split(line));
    }
  }
  return examples;
}

template <typename Parsed>
std::string render(const Parsed& parsed, json::Node item) {
  if (!parsed) return "error " + parsed.error().kind;
  const auto text = parsed->render(item);
  return text ? *text : "error " + text.error().kind;
}

std::string outcome(const Example& example, json::Node item) {
  static const std::map<std::string, Place> places{
      {"plain", Place::plain},   {"url", Place::url},   {"query", Place::query},
      {"form", Place::form},     {"json", Place::json}, {"path", Place::path},
      {"header", Place::header}, {"argv", Place::argv}};
  if (example.place == "body") return render(JsonTemplate::parse(example.text), item);
  if (example.place == "when") {
    const auto condition = Comparison::parse(example.text);
    if (!condition) return "error " + condition.error().message;
    return condition->evaluate(item) ? "true" : "false";
  }
  return render(Template::parse(example.text, places.at(example.place)), item);
}

TEST(Manual, ItsExamplesAreTrue) {
  const auto examples = examples_of_manual();
  ASSERT_GE(examples.size(), 45U);
  ASSERT_EQ(examples.front().place, "item");
  const auto item = json::Document::parse(examples.front().text);
  ASSERT_TRUE(item);
  for (std::size_t i = 1; i < examples.size(); ++i) {
    EXPECT_EQ(outcome(examples[i], item->root()), examples[i].expected)
        << examples[i].place << " " << examples[i].text;
  }
}

TEST(Manual, NamesEveryFilter) {
  std::ifstream in("docs/manual/placeholders.md");
  const std::string manual((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  for (const std::string& name : filter_names()) {
    const bool is_named = manual.find("`" + name + "`") != std::string::npos ||
                          manual.find("`" + name + ":") != std::string::npos;
    EXPECT_TRUE(is_named) << name;
  }
}

}  // namespace
}  // namespace penstock::placeholders
