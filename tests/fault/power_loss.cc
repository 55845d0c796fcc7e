// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// States are drawn by number, so that shards of a test share them and a bad one can be tried again.
#include "power_loss.h"

#include <penstock/clock.h>

#include <algorithm>

namespace penstock::fault {
namespace {

/// A sync that is missing shows soon after it, or not at all.
constexpr std::size_t kShowsWithin = 60;

std::string syncer_of(const LoggedChange& change) {
  // SQLite decides itself when to sync; that it is allowed to is ours, file by file.
  const bool is_ours = change.content.find("sqlite") == std::string::npos;
  const std::string kind = change.op == DiskOp::sync ? "file" : "folder";
  return is_ours ? "penstock " + kind + " by " + change.content
                 : "sqlite " + kind + " " + change.name;
}

/// A rollback journal is of use to SQLite only until the new, empty database is in WAL mode.
bool is_sync(const LoggedChange& change) {
  if (change.name.ends_with("-journal")) return false;
  return change.op == DiskOp::sync || change.op == DiskOp::sync_folder;
}

}  // namespace

std::string PowerLoss::try_states(std::size_t first, std::size_t step, std::size_t states) {
  for (std::size_t number = first; number < states; number += step) {
    Random random(number + 1);
    const std::size_t at = random.next() % (log_.size() + 1);
    const std::string reason = resumed_from(
        state_after(log_, at, random.next(), [](const LoggedChange&) { return true; }));
    if (reason.empty()) continue;
    return "state " + std::to_string(number) + ", behind change " + std::to_string(at) + " of " +
           std::to_string(log_.size()) + ": " + reason;
  }
  return "";
}

std::vector<PowerLoss::Syncer> PowerLoss::syncers() const {
  std::map<std::string, Syncer> found;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    if (!is_sync(log_[i])) continue;
    Syncer& syncer = found[syncer_of(log_[i])];
    syncer.who = syncer_of(log_[i]);
    syncer.name = log_[i].name;
    syncer.at.push_back(i);
  }
  std::vector<Syncer> all;
  for (auto& [who, syncer] : found) all.push_back(std::move(syncer));
  return all;
}

std::vector<std::string> PowerLoss::needless(std::size_t first, std::size_t step,
                                             std::size_t states) {
  std::vector<std::string> needless;
  const std::vector<Syncer> all = syncers();
  for (std::size_t i = first; i < all.size(); i += step) {
    if (!is_needed(all[i], states)) needless.push_back(all[i].who + " of " + all[i].name);
  }
  return needless;
}

bool PowerLoss::is_needed(const Syncer& syncer, std::size_t states) {
  const auto honest = [&](const LoggedChange& sync) { return syncer_of(sync) != syncer.who; };
  for (std::size_t number = 0; number < states; ++number) {
    Random random(number + 1);
    const std::size_t from = syncer.at[random.next() % syncer.at.size()] + 1;
    const std::size_t until = std::min(log_.size(), from + kShowsWithin);
    // Every fourth anywhere behind it: some are missed at the end alone.
    const std::size_t room = number % 4 == 3 ? log_.size() - from : until - from;
    const std::size_t at = from + random.next() % (room + 1);
    if (!resumed_from(state_after(log_, at, random.next(), honest)).empty()) return true;
  }
  return false;
}

}  // namespace penstock::fault
