// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Finds equal keys among any number of them in bounded memory: sorted runs in one temporary file,
// merged once. It compares fingerprints, never the keys.
#pragma once

#include <penstock/census.h>
#include <penstock/error.h>
#include <penstock/item.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <vector>

#include "os/file.h"

namespace penstock::sources {

/// Calls: add* duplicates
class KeySpill {
 public:
  explicit KeySpill(const CensusOptions& options);

  /// Errors: no_space, system.
  Status add(const Fingerprint& key, std::uint64_t ordinal, std::uint64_t line);

  /// All that are equal to an earlier one, by ordinal.
  /// Errors: invalid "input.key" (more than Census::kDuplicatesMax), system.
  Result<std::vector<DuplicateKey>> duplicates();

 private:
  // As they lie in the file, which nobody but this object reads.
  struct Entry {
    Fingerprint key;
    std::uint64_t ordinal;
    std::uint64_t line;
    friend auto operator<=>(const Entry&, const Entry&) noexcept = default;
  };
  static_assert(sizeof(Entry) == 32 && std::is_trivially_copyable_v<Entry>);
  class Run;
  class Finder;

  Status spill();

  const CensusOptions options_;
  const std::size_t entries_max_;
  std::vector<Entry> entries_;
  std::optional<os::File> file_;
  std::vector<std::uint64_t> run_ends_;  // In entries, in file_.
};

}  // namespace penstock::sources
