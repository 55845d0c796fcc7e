// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A fresh run removes only what runs make: the folder with a ledger in it, and the outputs that
// the job names.
#include "cli/prepare_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "cli/clear_outputs.h"
#include "cli/run_record.h"
#include "os/file.h"
#include "os/file_lock.h"
#include "os/folder.h"
#include "os/proc_stat.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kOwnDescriptors = 64;  // Files, sockets and pipes besides the calls.
constexpr std::size_t kPerWorker = 4;
// For connections that are kept for later requests; a table of that many costs little.
constexpr std::size_t kDescriptorsWanted = 65'536;

/// Whether a fresh start would take anything away.
bool has_anything(const job::Job& job, const RunPlace& place) {
  std::error_code ignored;
  return std::filesystem::exists(place.ledger_file(), ignored) ||
         std::any_of(job.sinks.begin(), job.sinks.end(), [](const catalog::SinkSpec& sink) {
           std::error_code unseen;
           return !sink.path.empty() && std::filesystem::exists(sink.path, unseen);
         });
}

std::string outputs_of(const job::Job& job) {
  std::string all;
  for (const catalog::SinkSpec& sink : job.sinks) all += (all.empty() ? "" : ", ") + sink.shown;
  return all.empty() ? "none" : all;
}

Result<bool> clear(const job::Job& job, const RunPlace& place, FreshWish fresh, Console& console) {
  if (fresh == FreshWish::ask) {
    const std::optional<bool> answer =
        console.ask(fmt::format("remove the record in {} and the outputs that the job names ({})?",
                                place.folder.string(), outputs_of(job)));
    if (!answer)
      console.complain("--fresh would remove an earlier run; say --yes if that is meant");
    if (!answer.value_or(false)) return false;
  }
  PENSTOCK_CHECK(clear_outputs(job, place));
  PENSTOCK_CHECK(remove_record(place));
  return true;
}

/// The job file as it is now, for whoever opens the run later.
Status write_job_copy(const job::Job& job, const os::Folder& folder) {
  const std::string fresh = "job.toml.new";
  PENSTOCK_CHECK(folder.remove_file(fresh));
  PENSTOCK_TRY(file, folder.open_file(fresh, os::FileMode::create_new));
  PENSTOCK_CHECK(file.write_all(job.text));
  PENSTOCK_CHECK(file.sync());
  return folder.rename(fresh, "job.toml");
}

/// The run's folder. A ledger in a folder whose own name is lost with the power is lost with it.
Result<os::Folder> make_run_folder(const std::filesystem::path& path) {
  auto folder = os::Folder::open_or_create(path);
  const std::filesystem::path above = path.parent_path();
  // Also if it stands already: the engine that made it may have died before this.
  if (folder) PENSTOCK_CHECK(os::sync_folder(above.empty() ? "." : above));
  return folder;
}

}  // namespace

FreshWish fresh_wish(const Arguments& arguments) {
  if (!arguments.has("--fresh")) return FreshWish::no;
  return arguments.has("--yes") ? FreshWish::yes : FreshWish::ask;
}

Status raise_descriptors(const engine::Plan& plan) {
  const std::size_t in_worker = plan.concurrency + kOwnDescriptors;
  const std::size_t here = plan.workers * kPerWorker + kOwnDescriptors;
  const std::size_t needed = std::max(in_worker, here);
  const std::size_t allowed = os::raise_descriptor_limit(std::max(needed, kDescriptorsWanted));
  if (allowed >= needed) return ok();
  const std::size_t most = allowed > kOwnDescriptors ? allowed - kOwnDescriptors : 1;
  return Error{
      Errc::invalid,
      fmt::format("{} workers with {} calls each need {} descriptors in a process, and the "
                  "hard limit is {}: use at most --concurrency {}, or raise it (ulimit "
                  "-Hn)",
                  plan.workers, plan.concurrency, needed, allowed, most),
      "limit.descriptors"};
}

Result<bool> prepare_run(const job::Job& job, const RunPlace& place, FreshWish fresh,
                         Console& console) {
  PENSTOCK_CHECK(raise_descriptors(job.plan));
  PENSTOCK_CHECK(check_is_free_for_run(job, place));
  PENSTOCK_TRY(before, os::Folder::open_or_create(place.folder));
  // Whoever has the lock is at work here; nothing of his may be touched.
  PENSTOCK_TRY(lock, os::FileLock::acquire(place.lock_file()));
  static_cast<void>(before);
  static_cast<void>(lock);
  if (fresh != FreshWish::no && has_anything(job, place)) {
    PENSTOCK_TRY(cleared, clear(job, place, fresh, console));
    if (!cleared) return false;
  }
  PENSTOCK_TRY(folder, make_run_folder(place.folder));
  PENSTOCK_CHECK(write_job_copy(job, folder));
  return true;
}

}  // namespace penstock::cli
