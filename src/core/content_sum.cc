// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// ContentSum: addition forgets the order, hashing the place keeps moved items apart.
#include <penstock/ledger.h>

#include "core/fingerprint.h"

namespace penstock {

void ContentSum::add(std::uint64_t ordinal, const Fingerprint& content) noexcept {
  const Fingerprint pair = combine(Fingerprint{{ordinal, ~ordinal}}, content);
  words[0] += pair.words[0];
  words[1] += pair.words[1];
}

}  // namespace penstock
