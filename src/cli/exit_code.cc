// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// 70 is EX_SOFTWARE of sysexits.h; 130 is what shells report for a death by SIGINT.
#include "cli/exit_code.h"

#include <array>

namespace penstock::cli {

std::span<const ExitMeaning> exit_meanings() noexcept {
  static constexpr std::array<ExitMeaning, 9> kMeanings{{
      {ExitCode::done, "everything is done"},
      {ExitCode::items_failed, "the run is complete, and some items failed"},
      {ExitCode::usage, "the command line or the job file is wrong; nothing was started"},
      {ExitCode::stopped, "stopped by --stop-after-failures; the same command goes on"},
      {ExitCode::parked, "quota, credit or credentials are at their end; the same command goes on"},
      {ExitCode::input_incomplete,
       "the input could not be read to its end (a lost pipe, a damaged file)"},
      {ExitCode::system, "disk full, run in use, damaged ledger, or a refusal by the system"},
      {ExitCode::bug, "a defect of penstock; please report it"},
      {ExitCode::interrupted, "interrupted by a signal; the same command goes on"},
  }};
  return kMeanings;
}

ExitCode exit_code_of(const Error& error) noexcept {
  // Nothing that the user has typed is wrong with these, though nothing can be done either.
  if (error.kind.starts_with("lock.") || error.kind.starts_with("ledger.")) return ExitCode::system;
  switch (error.code) {
    case Errc::invalid:
    case Errc::rejected:
      return ExitCode::usage;
    case Errc::exhausted:
      return ExitCode::parked;
    case Errc::cancelled:
      return ExitCode::interrupted;
    case Errc::internal:
      return ExitCode::bug;
    case Errc::throttled:
    case Errc::unavailable:
    case Errc::timeout:
    case Errc::crashed:
    case Errc::no_space:
    case Errc::corrupt:
    case Errc::system:
      return ExitCode::system;
  }
  return ExitCode::bug;
}

}  // namespace penstock::cli
