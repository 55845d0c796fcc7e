// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// CLI11 does the splitting (--name=value, clustered letters, "--"); the messages are ours.
#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <deque>

#include "core/edit_distance.h"

namespace penstock::cli {
namespace {

Error wrong(std::string message) {
  return {.code = Errc::invalid, .message = std::move(message), .kind = "usage"};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string_view nearest = nearest_word(word, known);
  return nearest.empty() ? std::string() : fmt::format("; did you mean {}?", nearest);
}

const Command* find(std::span<const Command> commands, std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [name](const Command& c) { return c.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

Error unknown_command(std::span<const Command> commands, std::string_view word) {
  std::vector<std::string> names;
  for (const Command& command : commands) names.emplace_back(command.name);
  return wrong(fmt::format("unknown command {}{}; `penstock help` lists all", word,
                           did_you_mean(word, names)));
}

Error unknown_option(const Command& command, std::string_view word) {
  std::vector<std::string> names{"--help"};
  for (const Option& option : command.options) names.emplace_back(option.name);
  const std::string_view name = word.substr(0, word.find('='));
  return wrong(
      fmt::format("{}: unknown option {}{}", command.name, name, did_you_mean(name, names)));
}

/// One option or operand while CLI11 writes into it. In a deque, so that it stays where it is.
struct Slot {
  std::string_view name;
  std::string value;                // Of a single operand.
  std::vector<std::string> values;  // Of an option, which may be repeated; of many operands.
  const std::vector<std::string_view>* words = nullptr;
  CLI::Option* option = nullptr;
};

std::string flag_names(std::string_view letter, std::string_view name) {
  return letter.empty() ? std::string(name) : fmt::format("{},{}", letter, name);
}

void declare_option(CLI::App& app, const Option& option, std::deque<Slot>& slots) {
  Slot& slot = slots.emplace_back(Slot{option.name});
  const std::string names = flag_names(option.letter, option.name);
  if (option.value.empty()) {
    slot.option = app.add_flag(names);
    return;
  }
  if (option.completes == Completes::words) slot.words = &option.words;
  slot.option = app.add_option(names, slot.values)->allow_extra_args(false);
}

void declare_operand(CLI::App& app, const Operand& operand, std::deque<Slot>& slots) {
  Slot& slot = slots.emplace_back(Slot{operand.name});
  if (operand.completes == Completes::words) slot.words = &operand.words;
  const std::string name(operand.name);
  slot.option = operand.presence == Presence::any_number
                    ? app.add_option(name, slot.values)->expected(0, -1)
                    : app.add_option(name, slot.value);
}

Status check_words(const Command& command, const Slot& slot) {
  if (slot.words == nullptr) return ok();
  const std::vector<std::string> known(slot.words->begin(), slot.words->end());
  const std::string& value = slot.values.empty() ? slot.value : slot.values.back();
  if (std::find(known.begin(), known.end(), value) != known.end()) return ok();
  return wrong(fmt::format("{}: {} is one of {}, not {}{}", command.name, slot.name,
                           fmt::join(known, ", "), value, did_you_mean(value, known)));
}

Status check_operands(const Command& command, const Arguments& arguments) {
  for (const Operand& operand : command.operands)
    if (operand.presence == Presence::required && !arguments.has(operand.name))
      return wrong(fmt::format("{}: {} is missing: {}", command.name, operand.name, operand.help));
  return ok();
}

Result<Arguments> collect(const Command& command, const std::deque<Slot>& slots) {
  Arguments arguments;
  for (const Slot& slot : slots) {
    if (slot.option->count() == 0) continue;
    PENSTOCK_CHECK(check_words(command, slot));
    if (slot.values.empty()) arguments.add(slot.name, slot.value);
    for (const std::string& value : slot.values) arguments.add(slot.name, value);
  }
  return arguments;
}

Error translated(const Command& command, const std::vector<std::string>& left_over,
                 const CLI::ParseError& error) {
  if (left_over.empty()) return wrong(fmt::format("{}: {}", command.name, error.what()));
  const std::string& first = left_over.front();
  if (first.size() > 1 && first[0] == '-') return unknown_option(command, first);
  return wrong(fmt::format("{}: one argument too many: {}", command.name, first));
}

Result<Invocation> parse_arguments(const Command& command, std::vector<std::string> words) {
  CLI::App app;
  app.set_help_flag("");
  std::deque<Slot> slots;
  for (const Option& option : command.options) declare_option(app, option, slots);
  for (const Operand& operand : command.operands) declare_operand(app, operand, slots);
  bool help = false;
  app.add_flag("-h,--help", help);
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the end.
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    if (help) return Invocation{Invocation::Wish::help, &command, {}};
    return translated(command, app.remaining(), error);
  }
  if (help) return Invocation{Invocation::Wish::help, &command, {}};
  PENSTOCK_TRY(arguments, collect(command, slots));
  PENSTOCK_CHECK(check_operands(command, arguments));
  return Invocation{Invocation::Wish::run, &command, std::move(arguments)};
}

}  // namespace

std::optional<std::string> Arguments::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<std::optional<std::uint64_t>> Arguments::whole(std::string_view name, std::uint64_t min,
                                                      std::uint64_t max) const {
  const std::optional<std::string> value = text(name);
  if (!value) return std::optional<std::uint64_t>();
  std::uint64_t number = 0;
  const char* end = value->data() + value->size();
  const auto [rest, failed] = std::from_chars(value->data(), end, number);
  if (failed == std::errc{} && rest == end && number >= min && number <= max)
    return std::optional<std::uint64_t>(number);
  return wrong(
      fmt::format("{} takes a whole number from {} to {}, not {}", name, min, max, *value));
}

Result<Invocation> parse_command_line(std::span<const Command> commands,
                                      std::vector<std::string> words) {
  if (words.empty()) return Invocation{Invocation::Wish::help, nullptr, {}};
  const std::string first = words.front();
  if (first == "-h" || first == "--help") return Invocation{Invocation::Wish::help, nullptr, {}};
  if (first == "-V" || first == "--version")
    return Invocation{Invocation::Wish::version, nullptr, {}};
  const Command* command = find(commands, first);
  if (command == nullptr) return unknown_command(commands, first);
  words.erase(words.begin());
  return parse_arguments(*command, std::move(words));
}

}  // namespace penstock::cli
