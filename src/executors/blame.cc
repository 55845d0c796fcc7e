// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The kinds that come from here: crash.SIGxxx, crash.exit, crash.unknown, crash.unmarked,
// worker.hang.
#include "executors/blame.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace penstock::executors {
namespace {

bool is_marked(const WorkerEnd& end, CallId call) {
  const bool on_loop = end.hung != Hung::compute && end.loop_call == call;
  const bool on_compute = end.hung != Hung::loop && end.compute_call == call;
  return on_loop || on_compute;
}

std::string kind_of(const WorkerEnd& end) {
  if (end.hung != Hung::no) return "worker.hang";
  if (!end.how.known) return "crash.unknown";
  if (end.how.signal != 0) return "crash." + os::signal_name(end.how.signal);
  return "crash.exit";
}

FinishedCall finish(const OpenCall& call, const ItemVerdict& verdict) {
  FinishedCall finished{.id = call.id, .verdicts = {}};
  finished.verdicts.resize(call.items, verdict);
  return finished;
}

}  // namespace

FinishedCall give_back(const OpenCall& call) {
  return finish(call, ItemVerdict{.outcome = Outcome::returned});
}

std::string describe(const WorkerEnd& end) {
  const std::string who = fmt::format("worker {} (process {})", end.worker, end.pid);
  if (end.hung != Hung::no) {
    return fmt::format("{} did not come back within {} s", who,
                       std::chrono::duration<double>(end.hang_limit).count());
  }
  if (!end.how.known) return who + " ended, nobody knows how";
  if (end.how.signal != 0) return who + " was killed by " + os::signal_name(end.how.signal);
  return fmt::format("{} exited with status {}", who, end.how.status);
}

std::vector<FinishedCall> blame(const WorkerEnd& end, const std::vector<OpenCall>& open) {
  const ItemVerdict guilty{.outcome = Outcome::failed,
                           .error = {.code = end.hung == Hung::no ? Errc::crashed : Errc::timeout,
                                     .message = "run step: " + describe(end) + " in this call",
                                     .kind = kind_of(end),
                                     .sent = Sent::maybe}};
  ItemVerdict innocent{.outcome = Outcome::returned};
  const auto marked = [&](const OpenCall& call) { return is_marked(end, call.id); };
  const bool any_marked = std::any_of(open.begin(), open.end(), marked);
  if (!any_marked) {
    innocent.error = Error{.code = Errc::crashed,
                           .message = "run step: " + describe(end) + " with no call marked",
                           .kind = "crash.unmarked",
                           .sent = Sent::maybe};
  }
  std::vector<FinishedCall> finished;
  finished.reserve(open.size());
  for (const OpenCall& call : open) {
    const bool is_guilty = marked(call) || (!any_marked && call.alone);
    finished.push_back(finish(call, is_guilty ? guilty : innocent));
  }
  return finished;
}

}  // namespace penstock::executors
