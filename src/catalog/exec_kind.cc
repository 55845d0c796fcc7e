// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What is refused here is what would let an item be more than data: choose the program, become a
// part of a script, or put a secret where every user of the machine can read it.
#include "catalog/exec_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/json.h"
#include "steps/exec_step.h"

namespace penstock::catalog {
namespace {

using TextPlace = placeholders::Place;
using placeholders::Template;
using steps::ExecAs;
using steps::ExecOptions;

struct Reading {
  SettingReader& keys;
  const StepSite& site;
  TemplateReader& templates;
};

std::string_view basename(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Programs that read a script from the argument behind an option that ends with this letter.
struct Interpreter {
  std::string_view name;
  char option;
};
constexpr std::array kInterpreters{
    Interpreter{"sh", 'c'},   Interpreter{"bash", 'c'},   Interpreter{"dash", 'c'},
    Interpreter{"ash", 'c'},  Interpreter{"zsh", 'c'},    Interpreter{"ksh", 'c'},
    Interpreter{"fish", 'c'}, Interpreter{"python", 'c'}, Interpreter{"python3", 'c'},
    Interpreter{"perl", 'e'}, Interpreter{"ruby", 'e'},   Interpreter{"node", 'e'}};

bool takes_script(std::string_view program, std::string_view option) {
  return std::any_of(kInterpreters.begin(), kInterpreters.end(), [&](const Interpreter& one) {
    return basename(program) == one.name && option.size() > 1 && option.front() == '-' &&
           option.back() == one.option;
  });
}

bool has_secret(const Template& text) {
  const auto names = text.reserved_names();
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.starts_with("secret."); });
}

void check_argument(Reading& reading, const ExecOptions& options, const Template& argument) {
  const auto& before = options.ask.arguments;
  if (has_secret(argument))
    reading.keys.problem("exec",
                         "everybody on this machine can read arguments; give a secret by env or "
                         "stdin");
  if (!argument.is_constant() && !before.empty() &&
      takes_script(options.ask.program, before.back().text()))
    reading.keys.problem(
        "exec",
        "an item would become a part of the script; let that say \"$1\", sys.argv[1] or the "
        "like, and give the field as an argument behind it");
}

void read_program(Reading& reading, const Setting& text, ExecOptions& options) {
  const std::string key = reading.keys.path_of("exec");
  const auto program = reading.templates.parse(text.text, TextPlace::argv, text.at, key);
  if (!program) return;
  if (!program->is_constant()) {
    reading.keys.problem("exec",
                         "no item chooses what runs: write the program out, or begin with \"env\"");
    return;
  }
  const auto name = program->render(json::Document().root());
  if (name) options.ask.program = *name;
  if (options.ask.program.empty()) reading.keys.problem("exec", "the program has no name");
}

void read_argv(Reading& reading, ExecOptions& options) {
  const Setting* list = reading.keys.any("exec");
  const bool is_list = list->kind == SettingKind::array && !list->elements.empty() &&
                       std::all_of(list->elements.begin(), list->elements.end(),
                                   [](const Setting& s) { return s.kind == SettingKind::text; });
  if (!is_list) {
    reading.keys.problem("exec",
                         R"(expected a list, ["program", "argument", "{field}"]: there is no )"
                         R"(shell; for one write ["sh", "-c", "... \"$1\" ...", "sh", "{field}"])");
    return;
  }
  read_program(reading, list->elements.front(), options);
  for (std::size_t i = 1; i < list->elements.size(); ++i) {
    const Setting& element = list->elements[i];
    auto parsed = reading.templates.parse(element.text, TextPlace::argv, element.at,
                                          reading.keys.path_of("exec"));
    if (!parsed) continue;
    check_argument(reading, options, *parsed);
    options.ask.arguments.push_back(std::move(*parsed));
  }
}

std::optional<Template> read_template(Reading& reading, std::string_view key, TextPlace place) {
  const std::optional<std::string> text = reading.keys.text(key);
  if (!text) return std::nullopt;
  return reading.templates.parse(*text, place, reading.keys.place_of(key),
                                 reading.keys.path_of(key));
}

bool is_variable(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

void read_variables(Reading& reading, ExecOptions& options) {
  const auto pairs = reading.keys.pairs("env");
  if (!pairs) return;
  for (const auto& [name, text] : *pairs) {
    if (!is_variable(name))
      reading.keys.problem("env", fmt::format("\"{}\" is no name of a variable", name));
    const Place at = reading.keys.tree().find("env")->find(name)->at;
    auto parsed = reading.templates.parse(text, TextPlace::argv, at,
                                          reading.keys.path_of("env") + "." + name);
    if (parsed) options.ask.variables.emplace_back(name, std::move(*parsed));
  }
}

void read_exit_codes(Reading& reading, ExecOptions& options) {
  const Setting* list = reading.keys.any("exit_codes");
  if (list == nullptr) return;
  const bool is_list = list->kind == SettingKind::array && !list->elements.empty() &&
                       std::all_of(list->elements.begin(), list->elements.end(), [](const auto& s) {
                         return s.kind == SettingKind::whole && s.whole >= 0 && s.whole <= 255;
                       });
  if (!is_list)
    return reading.keys.problem("exit_codes", "expected a list of codes that mean success, [0, 1]");
  options.take.exit_codes.clear();
  for (const Setting& code : list->elements)
    options.take.exit_codes.push_back(static_cast<int>(code.whole));
}

void read_each(Reading& reading, ExecOptions& options) {
  options.take.each = reading.keys.text("each");
  if (!options.take.each) return;
  const std::string& pointer = *options.take.each;
  const ExecAs as = options.take.as;
  if (const Status checked = json::check_pointer(pointer); !checked)
    reading.keys.problem("each", checked.error().message);
  else if (as == ExecAs::lines && pointer != "/lines")
    reading.keys.problem("each", R"(with as = "lines" the only list is each = "/lines")");
  else if (as == ExecAs::bytes || as == ExecAs::text)
    reading.keys.problem("as", R"(each points into JSON or lines: as = "json" or as = "lines")");
}

void read_take(Reading& reading, ExecOptions& options) {
  constexpr std::array kAs{ExecAs::bytes, ExecAs::text, ExecAs::json, ExecAs::lines};
  if (reading.keys.tree().find("each") != nullptr) options.take.as = ExecAs::json;
  if (const auto as = reading.keys.choice("as", {"bytes", "text", "json", "lines"}))
    options.take.as = kAs[*as];
  read_each(reading, options);
  read_exit_codes(reading, options);
}

void read_limits(Reading& reading, os::ProgramLimits& limits) {
  if (const auto bytes = reading.keys.bytes("output_max")) limits.output_bytes = *bytes;
  const Setting* value = reading.keys.any("timeout");
  if (value == nullptr) return;
  if (value->kind != SettingKind::table) {
    limits.timeout = reading.keys.duration("timeout").value_or(limits.timeout);
    return;
  }
  SettingReader table(*value, reading.keys.path_of("timeout"), reading.keys.problems());
  limits.timeout = table.duration("total").value_or(limits.timeout);
  limits.grace = table.duration("grace").value_or(limits.grace);
  table.done();
}

}  // namespace

std::optional<StepSpec> read_exec_step(SettingReader& step, const StepSite& site) {
  TemplateReader templates(step.problems());
  Reading reading{step, site, templates};
  ExecOptions options;
  const std::size_t errors_before = step.problems().errors();
  read_argv(reading, options);
  options.ask.input = read_template(reading, "stdin", TextPlace::plain);
  options.ask.folder = read_template(reading, "cwd", TextPlace::argv);
  options.ask.job_folder = site.folder;
  options.ask.resolve = site.resolve;
  read_variables(reading, options);
  read_take(reading, options);
  read_limits(reading, options.limits);
  if (step.boolean("repeatable").value_or(false)) options.repeatable = Repeatable::yes;
  if (step.problems().errors() > errors_before) return std::nullopt;
  StepSpec spec{.kind = "exec"};
  spec.fans_out = options.take.each.has_value();
  spec.step = steps::make_exec_step(std::move(options));
  spec.uses = templates.take();
  return spec;
}

}  // namespace penstock::catalog
