// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A snapshot as the one to three living lines of a terminal, and as the one line of a log. Text in,
// text out: whoever owns the terminal writes it.
#pragma once

#include <penstock/progress.h>

#include <string>
#include <vector>

#include "report/style.h"

namespace penstock::report {

/// One to three lines, none wider than the style allows:
///
///     [=======     ] 41 %  7,612 of 18,564 · 13 failed · 312/s · 35 min left
///     search 4,000 of 4,000 · page 3,612 of 14,564
///     held back: limit pages: 2 per host (12 s) · 500 of 500 in flight · 3 retry later
///
/// The second line stands only for jobs of several steps, the third only if something is to say.
/// Parts that do not fit are left out, the least important first.
std::vector<std::string> live_lines(const Snapshot& snapshot, const Style& style);

/// The same as one line without colours, for what is not a terminal.
std::string plain_line(const Snapshot& snapshot);

/// "limit pages: 2 per host (12 s)"; empty if nothing holds the run back.
std::string held_words(const Snapshot& snapshot);

}  // namespace penstock::report
