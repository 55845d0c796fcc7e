// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whether the job's steps are those that the results in a ledger are from, and what to do with the
// results if not. It says what it does before it does it.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger_editor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "cli/run_place.h"
#include "job/job.h"

namespace penstock::cli {

/// Whether results may be thrown away, and calls made again.
enum class RedoWish : std::uint8_t { refuse, redo };

/// How the steps of a job stand to those of its run.
struct StepChange {
  enum class What : std::uint8_t {
    none,
    changed,    ///< `step` is another one than it was.
    extended,   ///< More steps come behind `step`, which was the last.
    shortened,  ///< `step` is the last one; there were more.
  };
  What what = What::none;
  std::size_t step = 0;
};

/// What the next start compares the job with: for Ledger::put_note().
Notes job_notes(const job::Job& job);

/// Compare the job with what an earlier engine has noted.
StepChange compare_steps(const job::Job& job, const Notes& notes);

/// Make the ledger of this place fit the job's steps: exactly what a change makes worthless is
/// forgotten, and what a new step behind the last one needs is taken from what is stored.
/// Errors: rejected "job.changed" (results would go or calls be made again, and nobody said
/// --redo), what ledgers say.
Status fit_steps(const job::Job& job, const Notes& notes, const RunPlace& place, RedoWish wish,
                 const std::function<void(std::string_view)>& say);

}  // namespace penstock::cli
