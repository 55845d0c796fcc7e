// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bugs end the program at once.
#include "core/assert.h"

#include <cstdio>
#include <cstdlib>

namespace penstock {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "penstock: bug: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace penstock
