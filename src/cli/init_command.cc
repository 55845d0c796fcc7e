// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock init KIND [FILE]`: a commented job file to begin with. It never overwrites.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/job_templates.h"
#include "os/file.h"

namespace penstock::cli {
namespace {

Status write_new(const std::string& path, std::string_view text) {
  PENSTOCK_TRY(file, os::File::open(path, os::FileMode::create_new));
  return file.write_all(text);
}

ExitCode run(const Arguments& arguments, Console& console) {
  const std::string kind = arguments.text("KIND").value_or("");
  const std::string path = arguments.text("FILE").value_or(kind + ".toml");
  if (const Status written = write_new(path, job_template(kind)); !written) {
    console.complain(written.error().kind == "file.exists"
                         ? fmt::format("{} exists already; name another file", path)
                         : written.error().message);
    return exit_code_of(written.error());
  }
  console.err(fmt::format("wrote {0}; look at it, then: penstock run {0} --dry-run\n", path));
  return ExitCode::done;
}

}  // namespace

Command init_command() {
  return {.name = "init",
          .summary = "write a first job file, with comments",
          .description =
              "Writes a job file that runs as it is once its addresses are yours. Four kinds:\n"
              "\n"
              "  pages   search terms; a search each; every page found, as text\n"
              "  books   a catalogue walked page by page; each book's text\n"
              "  trials  ids from a table; a record each; a question about each to a language "
              "model\n"
              "  files   a list of addresses; each downloaded to a file\n"
              "\n"
              "An existing file is never overwritten.",
          .operands = {{"KIND",
                        "Which one.",
                        Presence::required,
                        Completes::words,
                        {"pages", "books", "trials", "files"}},
                       {"FILE", "Where to; KIND.toml if not given.", Presence::optional,
                        Completes::files}},
          .examples = {{"penstock init pages", "Writes pages.toml."},
                       {"penstock init trials study.toml", "Writes study.toml."}},
          .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
          .run = run};
}

}  // namespace penstock::cli
