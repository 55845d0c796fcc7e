// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Formats with an item a line: which lines are items, and how they are passed over.
#pragma once

#include <penstock/sources.h>

#include <memory>
#include <string_view>
#include <utility>

#include "sources/item_reader.h"
#include "sources/line_reader.h"

namespace penstock::sources {

/// Threads: owner only. Errors: as LineReader.
class LineItems : public ItemReader {
 public:
  Result<SourceState> next(SourceItem& item) final {
    PENSTOCK_TRY(read, next_line());
    if (read.state == SourceState::items) fill(item, read.line);
    return read.state;
  }

  Result<SourceState> pass() final {
    PENSTOCK_TRY(read, next_line());
    return read.state;
  }

  std::uint64_t blank_lines() const final { return blank_lines_; }

 protected:
  /// A line of nothing but `blanks` is blank. REQUIRES: `blanks` outlives it.
  LineItems(std::unique_ptr<ByteStream> text, std::string_view blanks, BlankLines blank)
      : lines_(std::move(text)), blanks_(blanks), blank_(blank) {}

  /// Make the item of a line.
  virtual void fill(SourceItem& item, const Line& line) = 0;

  std::string_view name() const { return lines_.name(); }

 private:
  Result<LineReader::Read> next_line() {
    for (;;) {
      auto read = lines_.next();
      const bool is_item = !read || read->state != SourceState::items ||
                           blank_ == BlankLines::keep ||
                           read->line.text.find_first_not_of(blanks_) != std::string_view::npos;
      if (is_item) return read;
      ++blank_lines_;
    }
  }

  LineReader lines_;
  std::string_view blanks_;
  BlankLines blank_;
  std::uint64_t blank_lines_ = 0;
};

}  // namespace penstock::sources
