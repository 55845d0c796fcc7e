// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `penstock selftest`: a small run on this machine, from beginning to end, in a folder of its own.
#include <fmt/format.h>
#include <penstock/ledger_reader.h>

#include <chrono>
#include <filesystem>

#include "cli/commands.h"
#include "cli/drive_job.h"
#include "cli/opened_run.h"
#include "cli/prepare_run.h"
#include "os/proc_stat.h"
#include "os/temp_folder.h"
#include "report/words.h"

namespace penstock::cli {
namespace {

constexpr std::uint64_t kItems = 20'000;
constexpr std::uint64_t kFirstItems = 5'000;
constexpr std::string_view kJob =
    "[input]\n"
    "range = \"1..20000\"\n"
    "[workers]\n"
    "processes = 2\n"
    "[[step]]\n"
    "name = \"nothing\"\n"
    "noop = true\n"
    "[output]\n"
    "jsonl = \"out.jsonl\"\n";

Error wrong(std::string what) { return {Errc::internal, std::move(what), "selftest.failed"}; }

/// Run the job on its first items; it must be done with all of them.
Status run_part(const std::filesystem::path& folder, std::uint64_t items_max, Console& console) {
  const std::filesystem::path file = folder / "selftest.toml";
  const job::Overrides overrides{.items_max = items_max};
  const job::Surroundings surroundings{.variable = [](std::string_view) { return std::nullopt; }};
  const job::Loaded loaded = job::load_job(file, std::string(kJob), overrides, surroundings);
  if (!loaded.job) return wrong("the job of the self-test is refused");
  const RunPlace place = place_of_job(loaded.job->file, {});
  PENSTOCK_TRY(prepared, prepare_run(*loaded.job, place, FreshWish::no, console));
  static_cast<void>(prepared);
  const ExitCode code =
      drive_job(*loaded.job, file.string(), place, {}, DisplayMode::quiet, console);
  return code == ExitCode::done ? ok() : wrong("the run ended with another code than 0");
}

Status check_counts(const std::filesystem::path& folder, std::uint64_t expected) {
  PENSTOCK_TRY(reader, open_ledger_reader(folder / "selftest.run"));
  PENSTOCK_TRY(check, reader->check());
  if (check.problem_count > 0) return wrong("the ledger: " + check.problems.front());
  if (check.standing != expected || check.verdicts != expected)
    return wrong(fmt::format("{} of {} items stand in the ledger, in {} verdicts", check.standing,
                             expected, check.verdicts));
  return ok();
}

/// One line for each check: what, and how long it took.
class Checklist {
 public:
  explicit Checklist(Console& console) : console_(console) {}

  void check(std::string_view what, const std::function<Status()>& run) {
    const auto began = std::chrono::steady_clock::now();
    const Status status = run();
    const auto took = std::chrono::steady_clock::now() - began;
    if (!status) ++failed_;
    console_.out(fmt::format("{:<4} {:<44} {}\n", status ? "ok" : "FAIL", what,
                             status ? report::duration_words(took) : status.error().message));
  }
  int failed() const noexcept { return failed_; }

 private:
  Console& console_;
  int failed_ = 0;
};

ExitCode run(const Arguments&, Console& console) {
  const auto folder = os::TempFolder::create(std::filesystem::temp_directory_path());
  if (!folder) return refuse(folder.error(), console);
  const std::filesystem::path& path = folder->path();
  console.out(
      fmt::format("penstock {}, {} usable processors\n", PENSTOCK_VERSION, os::usable_cpus()));
  Checklist list(console);
  list.check(fmt::format("2 workers run {} items, all recorded", kFirstItems),
             [&] { return run_part(path, kFirstItems, console); });
  list.check("the ledger is sound, and each item stands once",
             [&] { return check_counts(path, kFirstItems); });
  list.check(fmt::format("the same run goes on with {} items", kItems - kFirstItems),
             [&] { return run_part(path, 0, console); });
  list.check("nothing was run twice", [&] { return check_counts(path, kItems); });
  list.check("a third start finds nothing to do", [&] { return run_part(path, 0, console); });
  list.check("and has changed nothing", [&] { return check_counts(path, kItems); });
  if (list.failed() > 0) return ExitCode::bug;
  console.out("all is well\n");
  return written(console);
}

}  // namespace

Command selftest_command() {
  return {.name = "selftest",
          .summary = "check that penstock works on this machine",
          .description =
              "Runs 20,000 items that do nothing through two worker processes into a ledger in a "
              "temporary folder, in two parts, and checks that each stands there exactly once. "
              "Needs no network, some seconds, and 10 MB of disk for that time.",
          .operands = {},
          .options = {},
          .examples = {{"penstock selftest", "Says what works, and how fast."}},
          .exits = {ExitCode::done, ExitCode::system, ExitCode::bug},
          .run = run};
}

}  // namespace penstock::cli
