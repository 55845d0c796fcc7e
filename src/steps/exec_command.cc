// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A list stays a list: nothing here joins arguments but to show them.
#include "steps/exec_command.h"

#include <utility>

#include "core/json_text.h"
#include "core/utf8.h"

namespace penstock::steps {
namespace {

constexpr std::size_t kShownInputBytes = 500;

std::string list_of(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) {
    if (list.size() > 1) list += ',';
    json::quote(text, list);
  }
  return list + "]";
}

Result<std::string> folder_for(const ExecAsk& ask, json::Node value,
                               const placeholders::Resolver& resolve) {
  if (!ask.folder) return ask.job_folder.string();
  PENSTOCK_TRY(folder, ask.folder->render(value, resolve));
  return (ask.job_folder / folder).lexically_normal().string();
}

void add_names(const placeholders::Template& text, std::vector<std::string>& names) {
  for (std::string& name : text.reserved_names()) names.push_back(std::move(name));
}

}  // namespace

Result<os::ProgramCommand> command_for(const ExecAsk& ask, json::Node value,
                                       const placeholders::Resolver& resolve) {
  os::ProgramCommand command;
  command.arguments.reserve(ask.arguments.size() + 1);
  command.arguments.push_back(ask.program);
  for (const placeholders::Template& argument : ask.arguments) {
    PENSTOCK_TRY(text, argument.render(value, resolve));
    command.arguments.push_back(std::move(text));
  }
  for (const auto& [name, variable] : ask.variables) {
    PENSTOCK_TRY(text, variable.render(value, resolve));
    command.variables.emplace_back(name, std::move(text));
  }
  PENSTOCK_TRY(folder, folder_for(ask, value, resolve));
  command.folder = std::move(folder);
  if (ask.input) {
    PENSTOCK_TRY(input, ask.input->render(value, resolve));
    command.input = std::move(input);
  }
  return command;
}

std::vector<std::string> reserved_names_of(const ExecAsk& ask) {
  std::vector<std::string> names;
  for (const placeholders::Template& argument : ask.arguments) add_names(argument, names);
  for (const auto& [name, variable] : ask.variables) add_names(variable, names);
  if (ask.input) add_names(*ask.input, names);
  if (ask.folder) add_names(*ask.folder, names);
  return names;
}

std::string outline_of(const ExecAsk& ask) {
  std::vector<std::string> texts{ask.program};
  for (const placeholders::Template& argument : ask.arguments) texts.push_back(argument.text());
  return list_of(texts);
}

Result<std::string> preview_of(const ExecAsk& ask, json::Node value) {
  PENSTOCK_TRY(command, command_for(ask, value, placeholders::preview_resolver));
  std::string shown = list_of(command.arguments);
  if (ask.folder) shown += "\nin " + json::quoted(command.folder);
  for (const auto& [name, text] : command.variables) {
    shown += "\nwith " + name + "=" + json::quoted(text);
  }
  if (command.input) {
    const std::string_view beginning = utf8::truncate(*command.input, kShownInputBytes);
    shown += "\nreads " + std::to_string(command.input->size()) +
             " bytes: " + json::quoted(beginning) +
             (beginning.size() < command.input->size() ? " ..." : "");
  }
  return shown;
}

}  // namespace penstock::steps
