// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What every job must survive: the power goes at any moment of it, and everything that was not
// synced is lost, torn or kept by chance. And the proof that this would show a missing sync: each
// sync that the program asks for is left out, alone, until a state shows it.
//
//     PENSTOCK_FAULT_STATES   how many states each test of them tries
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "disk_states.h"

namespace penstock::fault {

class PowerLoss {
 public:
  virtual ~PowerLoss() = default;

  /// What is lost is something of this.
  void record(std::vector<LoggedChange> log) { log_ = std::move(log); }

  /// Try states number `first` and every `step`th after it. Why the first bad one is bad.
  std::string try_states(std::size_t first, std::size_t step, std::size_t states);

  /// Of the program's places that sync, number `first` and every `step`th after it: those that no
  /// state shows to be missing when their syncs do nothing.
  std::vector<std::string> needless(std::size_t first, std::size_t step, std::size_t states);

 protected:
  /// Why the job cannot go on after this; empty if it can, to the same end.
  virtual std::string resumed_from(const DiskState& state) = 0;

 private:
  /// A place in the program that syncs, or a file that SQLite syncs.
  struct Syncer {
    std::string who;
    std::string name;             // Of one thing that it syncs.
    std::vector<std::size_t> at;  // Changes of the log.
  };
  std::vector<Syncer> syncers() const;
  bool is_needed(const Syncer& syncer, std::size_t states);

  std::vector<LoggedChange> log_;
};

}  // namespace penstock::fault
