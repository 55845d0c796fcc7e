// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Wide terminals are not filled: lines beyond 92 columns are hard to read.
#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/paragraphs.h"
#include "report/safe_text.h"

namespace penstock::cli {
namespace {

using report::Colour;
using report::paint;
using report::Style;

constexpr std::size_t kColumnsMax = 92;
constexpr std::size_t kIndent = 7;

std::size_t columns_of(const Style& style) { return std::min(style.columns, kColumnsMax); }

std::size_t indent_of(const Style& style) { return style.columns < 60 ? 2 : kIndent; }

class Page {
 public:
  explicit Page(const Style& style) : style_(style) {}

  void section(std::string_view title) {
    if (!text_.empty()) text_ += "\n";
    text_ += paint(style_, Colour::bold, title) + "\n";
  }

  void prose(std::string_view text, std::size_t deeper = 0) {
    text_ += wrapped(text, indent_of(style_) + deeper, columns_of(style_));
  }

  /// A term on a line of its own, its meaning below.
  void term(std::string_view term, std::string_view meaning) {
    text_ += std::string(indent_of(style_), ' ') + paint(style_, Colour::bold, term) + "\n";
    prose(meaning, 4);
  }

  std::string text_;

 private:
  const Style& style_;
};

std::string option_term(const Option& option) {
  std::string term = option.letter.empty() ? "" : fmt::format("{}, ", option.letter);
  term += option.name;
  if (!option.value.empty()) term += fmt::format("={}", option.value);
  return term;
}

void add_options(const Command& command, Page& page) {
  page.section("OPTIONS");
  for (const Option& option : command.options) page.term(option_term(option), option.help);
  page.term("-h, --help", "Show this page.");
}

void add_exits(const Command& command, Page& page) {
  page.section("EXIT CODES");
  for (const ExitMeaning& exit : exit_meanings()) {
    const bool given =
        std::find(command.exits.begin(), command.exits.end(), exit.code) != command.exits.end();
    if (given) page.prose(fmt::format(" {:<3}  {}", static_cast<int>(exit.code), exit.meaning));
  }
}

}  // namespace

std::string synopsis(const Command& command) {
  std::string line = fmt::format("penstock {}", command.name);
  if (!command.options.empty()) line += " [OPTION]...";
  for (const Operand& operand : command.operands) {
    switch (operand.presence) {
      case Presence::required:
        line += fmt::format(" {}", operand.name);
        break;
      case Presence::optional:
        line += fmt::format(" [{}]", operand.name);
        break;
      case Presence::any_number:
        line += fmt::format(" [{}]...", operand.name);
        break;
    }
  }
  return line;
}

std::string overview(std::span<const Command> commands, const Style& style) {
  Page page(style);
  page.section("penstock");
  page.prose(
      "runs one operation over millions of items: in parallel, within limits, losing nothing.");
  page.section("COMMANDS");
  std::size_t widest = 0;
  for (const Command& command : commands) widest = std::max(widest, command.name.size());
  for (const Command& command : commands) {
    page.prose(fmt::format("  {:<{}}  {}", command.name, widest, command.summary));
  }
  page.section("MORE");
  page.prose(
      "`penstock help COMMAND` explains one command; `penstock init pages` writes a first job "
      "file; `penstock --version` names the version.");
  return page.text_;
}

std::string help_page(const Command& command, const Style& style) {
  Page page(style);
  page.section("NAME");
  page.prose(fmt::format("penstock {} - {}", command.name, command.summary));
  page.section("SYNOPSIS");
  page.prose(synopsis(command));
  page.section("DESCRIPTION");
  page.prose(command.description);
  if (!command.operands.empty()) {
    page.section("ARGUMENTS");
    for (const Operand& operand : command.operands) page.term(operand.name, operand.help);
  }
  add_options(command, page);
  if (!command.examples.empty()) {
    page.section("EXAMPLES");
    for (const Example& example : command.examples) page.term(example.line, example.meaning);
  }
  add_exits(command, page);
  if (!command.files.empty()) {
    page.section("FILES");
    page.prose(command.files);
  }
  return page.text_;
}

}  // namespace penstock::cli
