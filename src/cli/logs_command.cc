// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock logs RUN`: when engines worked on a run, and what workers had to say.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/diary.h"
#include "cli/opened_run.h"
#include "core/json.h"
#include "os/file.h"
#include "report/safe_text.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kTailBytes = std::size_t{256} << 10U;

/// The end of a file, from the beginning of a line; empty if there is no such file.
Result<std::string> tail_of(const std::filesystem::path& path) {
  PENSTOCK_TRY(file, os::File::open_if_exists(path, os::FileMode::read));
  if (!file) return std::string();
  PENSTOCK_TRY(state, file->state());
  const std::uint64_t begin = state.size_bytes > kTailBytes ? state.size_bytes - kTailBytes : 0;
  std::string text(static_cast<std::size_t>(state.size_bytes - begin), '\0');
  PENSTOCK_TRY(length, file->read_at(begin, text));
  text.resize(length);
  return begin == 0 ? std::move(text) : text.substr(text.find('\n') + 1);
}

/// Calls `take` with every line, without its end.
template <typename Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    take(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

/// {"at":"...","event":"began","workers":2} -> "...  began  workers 2"
std::string diary_line(std::string_view line) {
  const auto document = json::Document::parse(line);
  if (!document) return report::safe_text(line) + "\n";  // Torn by a crash; shown as it is.
  std::string words;
  for (const json::Member& member : document->root().members()) {
    const bool is_head = member.name == "at" || member.name == "event";
    words += words.empty() ? "" : "  ";
    if (!is_head) words += std::string(member.name) + " ";
    words += member.value.text();
  }
  return report::safe_text(words) + "\n";
}

Status show(const Arguments& arguments, Console& console) {
  PENSTOCK_TRY(place, find_run(arguments.text("RUN").value_or("")));
  PENSTOCK_TRY(diary, tail_of(diary_file(place)));
  if (arguments.has("--json")) {
    console.out(diary);
    return ok();
  }
  each_line(diary, [&console](std::string_view line) { console.out(diary_line(line)); });
  PENSTOCK_TRY(workers, tail_of(workers_log(place)));
  if (workers.empty()) return ok();
  console.out("\nworkers said:\n");
  each_line(workers, [&console](std::string_view line) {
    console.out("  " + report::safe_text(line) + "\n");
  });
  return ok();
}

ExitCode run(const Arguments& arguments, Console& console) {
  const Status shown = show(arguments, console);
  return shown ? written(console) : refuse(shown.error(), console);
}

}  // namespace

Command logs_command() {
  return {.name = "logs",
          .summary = "when engines worked on a run, and what workers said",
          .description =
              "Shows a line for every time that an engine began, ended or broke off work on a run, "
              "then what worker processes wrote to standard error (assertions, the C library; "
              "nothing in a healthy run). What happened to items is in `penstock errors` and "
              "`penstock results --key`.",
          .operands = {run_operand()},
          .options = {{"--json", "", "", "The diary as JSON lines, without the workers."}},
          .examples = {{"penstock logs pages", "The history of the run."}},
          .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
          .files = "  RUN/logs/run.jsonl     the diary\n  RUN/logs/workers.log   the workers",
          .run = run};
}

}  // namespace penstock::cli
