// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One pass over a source that counts and compares without keeping the items: is it still what it
// was, how many are there, and does a key come twice? It never runs anything.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>
#include <penstock/source.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace penstock {

struct CensusOptions {
  std::string folder;  ///< For one temporary file, removed at once; used when there are many keys.
  std::size_t memory_bytes = std::size_t{8} << 20U;  ///< For keys in memory.
};

/// An item whose key another item before it has.
struct DuplicateKey {
  std::uint64_t ordinal = 0;
  std::uint64_t line = 0;
  std::uint64_t first_ordinal = 0;
  std::uint64_t first_line = 0;
  friend bool operator==(const DuplicateKey&, const DuplicateKey&) noexcept = default;
};

struct Census {
  /// More repeated keys than this are an error: the column is no key then.
  static constexpr std::size_t kDuplicatesMax = 1'000'000;

  std::uint64_t items = 0;
  std::uint64_t bad = 0;                 ///< Of them: cannot be read.
  ContentSum sum;                        ///< Over the chosen ordinals that are there.
  std::uint64_t chosen = 0;              ///< How many those are.
  std::vector<DuplicateKey> duplicates;  ///< In the order of `ordinal`.
};

/// Read `source` to its end. `chosen` are ordinals from where the source stands.
///
/// Shape: keys are compared by 128-bit fingerprints; items without a key and bad ones have none.
/// Memory: options.memory_bytes, 1 MiB, and 32 bytes for each duplicate. Disk: 32 bytes for each
/// key. Errors: those of the source; invalid "input.key" (too many duplicates); no_space, system.
/// Blocks: as long as reading takes. REQUIRES: the source never says `waiting`: of pipes only the
/// spool of an earlier run.
Result<Census> take_census(Source& source, const IntervalSet& chosen, const CensusOptions& options);

}  // namespace penstock
