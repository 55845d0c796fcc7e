// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `order = "longest"`: large items first, so that no long one is left alone at the end of a run.
#pragma once

#include <penstock/error.h>
#include <penstock/source.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace penstock::catalog {

/// What an item is sorted by.
using ItemSize = std::function<std::uint64_t(const SourceItem&)>;

/// The items of `source` in the order of their size, the largest first; equal ones keep their
/// order. All of them are read at once and sorted on disk, in a folder of its own below `folder`.
///
/// Memory: bounded. Disk: that of the items, while the source lives. Blocks: for the reading.
/// Errors: those of `source`, which must not be a pipe; no_space, system.
Result<std::unique_ptr<Source>> sort_longest_first(std::unique_ptr<Source> source,
                                                   const ItemSize& size,
                                                   const std::filesystem::path& folder);

}  // namespace penstock::catalog
