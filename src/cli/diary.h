// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// When engines worked on a run, and how each ended: `logs/run.jsonl`, one JSON object a line. What
// items did is not in here; that is the ledger's.
#pragma once

#include <penstock/error.h>
#include <penstock/progress.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "cli/run_place.h"
#include "engine/plan.h"

namespace penstock::cli {

/// Appends, and never stops a run: a diary that cannot be written is left unwritten.
/// Threads: owner only. Blocks: on the disk, without syncs.
class Diary {
 public:
  explicit Diary(const RunPlace& place);

  void began(const engine::Plan& plan);
  void ended(std::string_view outcome, const Snapshot& snapshot);
  void broke(const Error& error);

 private:
  void add(std::string_view event, const std::string& members);

  std::filesystem::path path_;
};

/// Where the diary of a run stands.
std::filesystem::path diary_file(const RunPlace& place);

/// Where worker processes say what they have to say (assertions, the C library).
std::filesystem::path workers_log(const RunPlace& place);

}  // namespace penstock::cli
