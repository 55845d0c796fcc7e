// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A source of which a census is known: how many items it has, and which of them repeat a key.
#pragma once

#include <penstock/census.h>
#include <penstock/source.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace penstock::cli {

/// What a census has found out, as far as one was taken.
struct SourceCount {
  std::optional<std::uint64_t> total;
  std::vector<DuplicateKey> duplicates;  ///< In the order of `ordinal`.
};

/// The same items; those that repeat a key are bad (kind "input.duplicate_key", with both lines).
std::unique_ptr<Source> make_counted_source(std::unique_ptr<Source> source, SourceCount count);

}  // namespace penstock::cli
