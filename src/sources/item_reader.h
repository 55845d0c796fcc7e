// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A format: turns one text into items, one after the other. It opens nothing.
#pragma once

#include <penstock/source.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "sources/byte_stream.h"

namespace penstock::sources {

/// Threads: owner only. Errors: invalid (the text is not what it should be), system.
class ItemReader {
 public:
  virtual ~ItemReader() = default;

  /// `items`: the next one is in `item`, which was empty. Else `item` is untouched.
  virtual Result<SourceState> next(SourceItem& item) = 0;

  /// As next(), without making the item.
  virtual Result<SourceState> pass() = 0;

  virtual std::uint64_t blank_lines() const { return 0; }
};

/// Makes the reader of one text. It reads nothing yet.
using ItemReaderFactory = std::function<std::unique_ptr<ItemReader>(std::unique_ptr<ByteStream>)>;

}  // namespace penstock::sources
