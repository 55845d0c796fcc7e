// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Text inputs of every format: files one after the other, or a pipe through its spool. It knows
// where bytes come from and how far a pipe may be read; formats know the rest.
#pragma once

#include <penstock/sources.h>

#include <memory>

#include "sources/item_reader.h"

namespace penstock::sources {

/// How far a pipe is read ahead of its oldest unfinished item, whichever comes first.
inline constexpr std::uint64_t kItemsAheadMax = 10'000;
inline constexpr std::uint64_t kBytesAheadMax = std::uint64_t{64} << 20U;

/// Errors: invalid (no files, or one is missing), corrupt (the spool is none), system, no_space.
Result<std::unique_ptr<Source>> open_text_source(TextInput input, ItemReaderFactory make_reader);

}  // namespace penstock::sources
