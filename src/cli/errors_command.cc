// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock errors RUN`: what failed, by kind, with an example and what to do.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/opened_run.h"
#include "core/json_text.h"
#include "report/advice.h"
#include "report/safe_text.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kPageRows = 1000;

std::string class_json(const report::ErrorClass& one) {
  std::string text;
  json::ObjectWriter(text)
      .string("kind", one.kind)
      .string("step", one.step)
      .integer("items", one.count)
      .string("example_key", one.key)
      .string("example_error", one.message)
      .string("advice", report::advice(one.kind))
      .close();
  return text + "\n";
}

std::string item_json(const Record& record) {
  std::string text;
  json::ObjectWriter(text)
      .string("key", record.key)
      .string("step", record.step)
      .string("kind", record.kind)
      .string("error", record.error)
      .unsigned_integer("attempts", record.attempts)
      .raw("item", record.value.empty() ? "null" : record.value)
      .close();
  return text + "\n";
}

std::string item_line(const Record& record, const report::Style& style) {
  const std::string line =
      fmt::format("{}  {}  {}: {}", record.key, record.step, record.kind, record.error);
  return report::safe_text(line, std::max<std::size_t>(style.columns, 40)) + "\n";
}

/// Every failed item of a kind, page by page.
Status list_items(OpenedRun& run, const std::string& kind, bool as_json, Console& console) {
  for (Seq after{};;) {
    const auto show = [&](const Record& record, const RecordFacts&) {
      console.out(as_json ? item_json(record) : item_line(record, console.out_style()));
      return ok();
    };
    PENSTOCK_TRY(next, run.reader->failures(kind, after, kPageRows, show));
    if (next == after || console.out_error() != 0) return ok();
    after = next;
  }
}

void show_classes(const std::vector<report::ErrorClass>& classes, const OpenedRun& run,
                  bool as_json, Console& console) {
  if (as_json) {
    for (const report::ErrorClass& one : classes) console.out(class_json(one));
    return;
  }
  if (classes.empty()) {
    console.out(fmt::format("{}: nothing has failed\n", run.place.name));
    return;
  }
  std::int64_t items = 0;
  for (const report::ErrorClass& one : classes) items += one.count;
  console.out(fmt::format("{}: {} failed\n", run.place.name,
                          report::plural(items, "item has", "items have")));
  console.out(report::errors_text(classes, classes.size(), console.out_style()));
}

std::vector<report::ErrorClass> chosen(std::vector<report::ErrorClass> classes,
                                       const std::optional<std::string>& kind) {
  if (!kind) return classes;
  const std::string family = *kind + ".";
  std::erase_if(classes, [&](const report::ErrorClass& c) {
    return c.kind != *kind && !c.kind.starts_with(family);
  });
  return classes;
}

ExitCode run(const Arguments& arguments, Console& console) {
  Result<OpenedRun> opened = open_run(arguments);
  if (!opened) return refuse(opened.error(), console);
  const auto all = failure_classes(*opened->reader, opened->overview.step_names);
  if (!all) return refuse(all.error(), console);
  const std::optional<std::string> kind = arguments.text("--kind");
  const std::vector<report::ErrorClass> classes = chosen(*all, kind);
  const bool as_json = arguments.has("--json");
  if (arguments.has("--items")) {
    const Status listed = list_items(*opened, kind.value_or(""), as_json, console);
    if (!listed) return refuse(listed.error(), console);
  } else {
    show_classes(classes, *opened, as_json, console);
  }
  const ExitCode code = written(console);
  return code == ExitCode::done && !classes.empty() ? ExitCode::items_failed : code;
}

}  // namespace

Command errors_command() {
  return {
      .name = "errors",
      .summary = "what failed, by kind, with an example and what to do",
      .description =
          "Lists the kinds of errors in which items of a run ended, the most frequent first: how "
          "many, in which step, one of them, and what usually helps. Kinds are stable names "
          "such as http.404 or timeout.idle; docs/errors.md lists them all. Attempts that were "
          "repeated with success are no errors.",
      .operands = {run_operand()},
      .options = {{"--items", "", "", "Every failed item on a line."},
                  {"--kind", "", "KIND",
                   "Only this kind, such as http.404, or family, such as http."},
                  {"--json", "", "", "As JSON, one object a line."}},
      .examples = {{"penstock errors pages", "The kinds of errors."},
                   {"penstock errors pages --kind http.404 --items",
                    "Every item that ended in http.404."}},
      .exits = {ExitCode::done, ExitCode::items_failed, ExitCode::usage, ExitCode::system},
      .run = run};
}

}  // namespace penstock::cli
