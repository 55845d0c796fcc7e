// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a job file says about an exec step, after it was checked. Values without behaviour.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "os/program_run.h"
#include "placeholders/template.h"
#include "steps/named_template.h"

namespace penstock::steps {

/// What is run. All templates but the input's are for Place::argv.
struct ExecAsk {
  std::string program;                            ///< As written: "ffmpeg", "./own.sh".
  std::vector<placeholders::Template> arguments;  ///< Those behind the program.
  std::vector<NamedTemplate> variables;           ///< Of its environment, on top of ours.
  std::optional<placeholders::Template> input;    ///< Its standard input. For Place::plain.
  std::optional<placeholders::Template> folder;   ///< Where it runs; none: in the job's folder.
  std::filesystem::path job_folder;               ///< Relative paths start here.

  /// Values of reserved names ("secret.KEY", "env.PATH"), asked in the worker only.
  placeholders::Resolver resolve;
};

/// `as`: what becomes of the standard output.
enum class ExecAs : std::uint8_t { bytes, text, json, lines };

/// What is made of a program that has ended.
struct ExecTake {
  ExecAs as = ExecAs::bytes;
  std::optional<std::string> each;    ///< A JSON pointer to an array; with `json` and `lines`.
  std::vector<int> exit_codes = {0};  ///< Those that mean success.
};

struct ExecOptions {
  ExecAsk ask;
  ExecTake take;
  os::ProgramLimits limits;
  Repeatable repeatable = Repeatable::no;
};

}  // namespace penstock::steps
