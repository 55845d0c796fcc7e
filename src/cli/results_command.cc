// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock results RUN`: what came out, from the ledger, while the run goes on or afterwards.
#include <fcntl.h>
#include <fmt/format.h>
#include <penstock/sinks.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "cli/commands.h"
#include "cli/opened_run.h"
#include "report/safe_text.h"
#include "report/table.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kPageRows = 500;
constexpr std::size_t kTableRows = 100;  // Of a table, whose widths need all rows at once.
constexpr std::size_t kCellColumns = 200;
constexpr auto kFollowPeriod = std::chrono::milliseconds(50);

enum class Follow : std::uint8_t { no, yes };

/// Which rows are wanted.
struct Wish {
  std::uint64_t rows_max = UINT64_MAX;
  Follow follow = Follow::no;
  bool only_failures = false;
};

bool is_failure(ItemStatus status) {
  return status == ItemStatus::failed || status == ItemStatus::poisoned;
}

/// Visit result rows until there are enough of them, or no more will come.
Status visit_rows(OpenedRun& run, const Wish& wish,
                  const std::function<Status(const Record&)>& take,
                  const std::function<Status()>& page_end) {
  std::uint64_t left = wish.rows_max;
  const auto visit = [&](const Record& record, const RecordFacts& facts) {
    const bool wanted = facts.leaf && !facts.redone && left > 0 &&
                        (!wish.only_failures || is_failure(record.status));
    if (!wanted) return ok();
    --left;
    return take(record);
  };
  for (Seq after{}; left > 0;) {
    // Asked before reading: rows that a run writes as its last act are then read once more.
    const bool may_grow = wish.follow == Follow::yes && is_running(run.place);
    PENSTOCK_TRY(next, run.reader->records(after, kPageRows, visit));
    PENSTOCK_CHECK(page_end());
    if (next == after && !may_grow) return ok();
    if (next == after) std::this_thread::sleep_for(kFollowPeriod);
    after = next;
  }
  return ok();
}

/// As the job's own outputs have them: the same renderer writes both.
Status stream_rows(OpenedRun& run, const Wish& wish, StreamFormat format) {
  const int fd = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  PENSTOCK_TRY(sink,
               make_stream_sink({.fd = fd, .format = format, .steps = run.overview.step_names}));
  PENSTOCK_TRY(opened, sink->open({}));
  static_cast<void>(opened);
  return visit_rows(
      run, wish, [&sink](const Record& record) { return sink->write(record); },
      [&sink] { return sink->flush(); });
}

/// An error's text, or what came out.
std::string result_words(const Record& record) {
  if (!record.kind.empty()) return record.kind + ": " + record.error;
  return std::string(record.output.substr(0, 4 * kCellColumns));
}

Status show_table(OpenedRun& run, Wish wish, Console& console) {
  report::Table table({{"key"}, {"status"}, {"item"}, {"result"}});
  wish.rows_max = std::min<std::uint64_t>(wish.rows_max, kTableRows);
  const auto take = [&table](const Record& record) {
    table.add({record.key, to_string(record.status), report::safe_text(record.value, kCellColumns),
               report::safe_text(result_words(record), kCellColumns)});
    return ok();
  };
  PENSTOCK_CHECK(visit_rows(run, wish, take, [] { return ok(); }));
  console.out(table.text(console.out_style()));
  const auto all = static_cast<std::int64_t>(run.overview.leaves);
  if (all > static_cast<std::int64_t>(kTableRows))
    console.err(fmt::format("the first {} of {}; all of them: --format jsonl or csv\n", kTableRows,
                            report::count_words(all)));
  return ok();
}

/// Everything that was ever settled under one key.
Status show_item(OpenedRun& run, const std::string& key, Console& console) {
  std::uint64_t found = 0;
  PENSTOCK_CHECK(run.reader->find(key, [&](const Record& record, const RecordFacts& facts) {
    ++found;
    console.out(
        fmt::format("{}  step {}  {}{}\n  {}, {} received, {}\n  item    {}\n  {} {}\n", record.key,
                    record.step, to_string(record.status), facts.redone ? " (redone since)" : "",
                    report::plural(record.attempts, "attempt", "attempts"),
                    report::bytes_words(static_cast<std::int64_t>(facts.bytes)),
                    report::duration_words(std::chrono::microseconds(facts.elapsed_us)),
                    report::safe_text(record.value), record.kind.empty() ? "result " : "error  ",
                    report::safe_text(record.kind.empty() ? std::string(record.output)
                                                          : result_words(record))));
    return ok();
  }));
  if (found > 0) return ok();
  return Error{Errc::invalid, fmt::format("nothing was settled under the key {}", key),
               "results.key"};
}

Result<Wish> read_wish(const Arguments& arguments) {
  Wish wish;
  PENSTOCK_TRY(rows, arguments.whole("--limit", 1, UINT64_MAX));
  wish.rows_max = rows.value_or(wish.rows_max);
  wish.follow = arguments.has("--follow") ? Follow::yes : Follow::no;
  wish.only_failures = arguments.has("--failed");
  return wish;
}

Status show(const Arguments& arguments, Console& console) {
  PENSTOCK_TRY(wish, read_wish(arguments));
  PENSTOCK_TRY(run, open_run(arguments));
  if (const auto key = arguments.text("--key")) return show_item(run, *key, console);
  const bool for_people = console.out_is_terminal() && wish.follow == Follow::no;
  const std::string format = arguments.text("--format").value_or(for_people ? "table" : "jsonl");
  if (format == "table" && wish.follow == Follow::yes)
    return Error{Errc::invalid, "--follow needs --format jsonl or csv", "usage"};
  if (format == "table") return show_table(run, wish, console);
  return stream_rows(run, wish, format == "csv" ? StreamFormat::csv : StreamFormat::jsonl);
}

ExitCode run(const Arguments& arguments, Console& console) {
  const Status shown = show(arguments, console);
  if (shown || shown.error().kind == "system.EPIPE") return written(console);
  return refuse(shown.error(), console);
}

}  // namespace

Command results_command() {
  return {
      .name = "results",
      .summary = "show what came out, also while the run goes on",
      .description =
          "Writes the results of a run to standard output: a row for every item of the last "
          "step, and for every item that ended before it. Failed items are rows that say so. On "
          "a terminal it is a table of the first hundred, otherwise JSON lines, as the job's own "
          "outputs have them.",
      .operands = {run_operand()},
      .options = {{"--format",
                   "-f",
                   "FORMAT",
                   "How to write them.",
                   Completes::words,
                   {"table", "jsonl", "csv"}},
                  {"--follow", "-F", "", "Go on with new results until the run ends."},
                  {"--limit", "-n", "N", "Only the first N."},
                  {"--failed", "", "", "Only items that failed."},
                  {"--key", "-k", "KEY",
                   "Everything about one item: every step, attempt and answer under its key."}},
      .examples = {{"penstock results pages", "A table of the first results."},
                   {"penstock results pages --follow | jq .url", "Results as they come."},
                   {"penstock results pages --key 17/3", "All about the third page of term 17."}},
      .exits = {ExitCode::done, ExitCode::usage, ExitCode::system},
      .run = run};
}

}  // namespace penstock::cli
