// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lines of a stream, borrowed from its buffer. A line of any length costs bounded memory: of one
// that is too long only the beginning is kept.
#pragma once

#include <penstock/error.h>
#include <penstock/source.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sources/byte_stream.h"

namespace penstock::sources {

inline constexpr std::size_t kLineBytesMax = std::size_t{16} << 20U;

/// A line without its ending, which is LF or CR LF.
struct Line {
  std::string_view text;     ///< Valid until the next next(); if too long, only its beginning.
  std::uint64_t number = 0;  ///< From 1.
  std::uint64_t bytes = 0;   ///< Of the whole line.
  bool too_long = false;     ///< More than kLineBytesMax.
};

/// Memory: 256 KiB, or the longest line so far.
class LineReader {
 public:
  explicit LineReader(std::unique_ptr<ByteStream> stream);

  struct Read {
    SourceState state;
    Line line;  ///< If `items`.
  };

  /// The next line. What follows the last ending is a line too, unless it is empty or the stream
  /// is incomplete. Errors: those of the stream.
  Result<Read> next();

  const std::string& name() const { return stream_->name(); }

 private:
  Read take(std::size_t end, std::size_t ending_bytes);
  Result<SourceState> fill();
  void drop_beginning();

  std::unique_ptr<ByteStream> stream_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;   // Of the current line, in buffer_.
  std::size_t seen_ = 0;    // No ending stands before this.
  std::size_t filled_ = 0;  // Of buffer_.
  std::uint64_t lines_ = 0;
  std::string kept_;                 // Of a line that is too long: its beginning.
  std::uint64_t dropped_bytes_ = 0;  // Of that line: how much has left the buffer.
};

}  // namespace penstock::sources
