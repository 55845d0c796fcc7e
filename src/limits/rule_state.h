// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What of a limit outlives its process, as one line of text in a note of the ledger:
//
//   note   := "1" pause? start? rate*
//   pause  := " pause=" wall                          (nothing is granted until then)
//   start  := " start=" wall                          (the last start, for spacing)
//   rate   := " rate=" window_ns "," reserved "," wall ("," wall ":" count)*
//
// Walls are microseconds since 1970, rounded up; that of a rate is when its pace is rested, 0 for
// none. Each wall ":" count is a run of a WindowLog. Nothing in a note is a secret.
#pragma once

#include <penstock/time.h>

#include "limits/answer.h"
#include "limits/window_log.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::limits {

struct RuleState {
  Duration window{};
  std::int64_t reserved = 0;     ///< Permits that may have been granted after the note.
  TimePoint full_at = kLongAgo;  ///< When its pace is rested.
  std::vector<WindowLog::Run> runs;
};

/// One key's part of a limit, or that over all keys.
struct KeyState {
  TimePoint paused_until = kLongAgo;
  TimePoint last_start = kLongAgo;
  std::vector<RuleState> rules;
};

/// Runs beyond `runs_max` are merged with their neighbours, counted at the later end.
std::string encode_state(const KeyState& state, TimePoint now, WallTime wall, std::size_t runs_max);

/// Shape: any bytes. Instants that `wall` has not reached are cut to what can be: a start at most
/// 20 ms ahead, a pause at most a day. None: not a note, or one of a later version.
std::optional<KeyState> decode_state(std::string_view text, TimePoint now, WallTime wall);

}  // namespace penstock::limits
