// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bugs end the program at once; what can go wrong in a correct program is an Error instead.
#pragma once

namespace penstock {

/// Say on stderr what did not hold and where, and abort.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace penstock

/// On in every build. The condition must be cheap and free of effects.
#define PENSTOCK_ASSERT(condition) \
  ((condition) ? void() : ::penstock::assertion_failed(#condition, __FILE__, __LINE__))
