// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Both scripts are tables in shell syntax around a fixed frame. Jobs are files that end in .toml;
// runs are folders that end in .run.
#include "cli/completion.h"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::cli {
namespace {

constexpr std::string_view kBashHead =
    "# bash completion for penstock; made by `penstock completion bash`\n"
    "_penstock_files() {\n"
    "  local word\n"
    "  COMPREPLY=()\n"
    "  while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen \"$@\" -- \"$cur\")\n"
    "}\n"
    "_penstock_words() { COMPREPLY=($(compgen -W \"$1\" -- \"$cur\")); }\n"
    "_penstock() {\n"
    "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
    "  local command=\"${COMP_WORDS[1]}\"\n"
    "  if [[ $COMP_CWORD -eq 1 ]]; then\n"
    "    _penstock_words \"$(_penstock_commands) --help --version\"\n"
    "    return\n"
    "  fi\n"
    "  [[ $prev == '=' ]] && prev=\"${COMP_WORDS[COMP_CWORD-2]}\"\n"
    "  [[ $cur == '=' ]] && cur=\"\"\n"
    "  case \"$command:$prev\" in\n";

constexpr std::string_view kBashTail =
    "    *) ;;\n"
    "  esac\n"
    "}\n"
    "complete -o filenames -F _penstock penstock\n";

std::string joined(const std::vector<std::string_view>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::string command_names(std::span<const Command> commands) {
  std::vector<std::string_view> names;
  for (const Command& command : commands) names.push_back(command.name);
  return joined(names);
}

/// The bash command that fills COMPREPLY.
std::string bash_action(Completes completes, const std::vector<std::string_view>& words) {
  switch (completes) {
    case Completes::nothing:
      return "COMPREPLY=()";
    case Completes::files:
      return "_penstock_files -f";
    case Completes::jobs:
      return "_penstock_files -f -X '!*.toml'";
    case Completes::runs:
      return "_penstock_files -d -X '!*.run'";
    case Completes::commands:
      return "_penstock_words \"$(_penstock_commands)\"";
    case Completes::words:
      return fmt::format("_penstock_words '{}'", joined(words));
  }
  return "COMPREPLY=()";
}

std::string option_names(const Command& command) {
  std::string names = "--help";
  for (const Option& option : command.options) names += fmt::format(" {}", option.name);
  return names;
}

const Operand* completed_operand(const Command& command) {
  const auto found =
      std::find_if(command.operands.begin(), command.operands.end(),
                   [](const Operand& o) { return o.completes != Completes::nothing; });
  return found == command.operands.end() ? nullptr : &*found;
}

std::string bash_values(const Command& command) {
  std::string lines;
  for (const Option& option : command.options)
    if (!option.value.empty())
      lines += fmt::format("    {}:{}) {}; return ;;\n", command.name, option.name,
                           bash_action(option.completes, option.words));
  return lines;
}

std::string bash_command(const Command& command) {
  const Operand* operand = completed_operand(command);
  const std::string otherwise =
      operand == nullptr ? "COMPREPLY=()" : bash_action(operand->completes, operand->words);
  return fmt::format("    {}) if [[ $cur == -* ]]; then _penstock_words '{}'; else {}; fi ;;\n",
                     command.name, option_names(command), otherwise);
}

/// Text inside '...' where zsh reads [ ] and : as its own.
std::string zsh_text(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string zsh_action(Completes completes, const std::vector<std::string_view>& words) {
  switch (completes) {
    case Completes::nothing:
      return " ";
    case Completes::files:
      return "_files";
    case Completes::jobs:
      return "_files -g \"*.toml\"";
    case Completes::runs:
      return "_files -/ -g \"*.run\"";
    case Completes::commands:
      return "_penstock_commands";
    case Completes::words:
      return fmt::format("({})", joined(words));
  }
  return " ";
}

/// The first sentence: completion menus have one line.
std::string_view first_sentence(std::string_view text) {
  const std::size_t end = text.find(". ");
  const std::string_view sentence = text.substr(0, end);
  return sentence.ends_with('.') ? sentence.substr(0, sentence.size() - 1) : sentence;
}

std::string zsh_command(const Command& command) {
  std::string lines = fmt::format("      {})\n        _arguments \\\n", command.name);
  for (const Option& option : command.options) {
    const std::string meaning = zsh_text(first_sentence(option.help));
    lines += option.value.empty()
                 ? fmt::format("          '{}[{}]' \\\n", option.name, meaning)
                 : fmt::format("          '{}=[{}]:{}:{}' \\\n", option.name, meaning,
                               zsh_text(option.value), zsh_action(option.completes, option.words));
  }
  for (const Operand& operand : command.operands)
    lines += fmt::format("          '{}{}:{}' \\\n",
                         operand.presence == Presence::any_number ? "*:" : ":",
                         zsh_text(operand.name), zsh_action(operand.completes, operand.words));
  return lines + "          '--help[show the manual page]' ;;\n";
}

}  // namespace

std::string bash_completion(std::span<const Command> commands) {
  std::string script =
      fmt::format("_penstock_commands() {{ echo '{}'; }}\n", command_names(commands));
  script.insert(0, "# shellcheck shell=bash disable=SC2207\n");
  script += kBashHead;
  for (const Command& command : commands) script += bash_values(command);
  script += "    *) ;;\n  esac\n  case \"$command\" in\n";
  for (const Command& command : commands) script += bash_command(command);
  return script.append(kBashTail);
}

std::string zsh_completion(std::span<const Command> commands) {
  std::string script =
      "#compdef penstock\n"
      "# zsh completion for penstock; made by `penstock completion zsh`\n"
      "_penstock_commands() {\n"
      "  local -a commands=(\n";
  for (const Command& command : commands)
    script += fmt::format("    '{}:{}'\n", command.name, zsh_text(command.summary));
  script +=
      "  )\n"
      "  _describe command commands\n"
      "}\n"
      "_penstock() {\n"
      "  local line state\n"
      "  _arguments -C '1:command:_penstock_commands' '*::argument:->arguments'\n"
      "  case $state in\n"
      "    arguments) case $words[1] in\n";
  for (const Command& command : commands) script += zsh_command(command);
  return script +
         "    esac ;;\n"
         "  esac\n"
         "}\n"
         "_penstock \"$@\"\n";
}

}  // namespace penstock::cli
