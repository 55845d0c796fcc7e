// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The file that keeps what came out of a pipe. Format: docs/formats/spool.md. It never interprets
// the bytes, and never guesses: a block that fails its check is where the spool ends.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "os/file.h"

namespace penstock::sources {

/// One writer and one reader may use it at the same time, each from one thread; sync() from any.
///
/// Errors of all members: no_space, system, with the path in the message.
class Spool {
 public:
  static constexpr std::size_t kFrameBytesMax = 65536;

  /// Open or begin. Errors: also corrupt (the file is no spool).
  static Result<Spool> open(const std::string& path);

  /// Whether it held whole frames when it was opened: then it is the input, and append() is wrong.
  bool has_frames() const noexcept { return has_frames_; }

  /// Add what was read; the offset behind it, up to which read() may go then.
  /// REQUIRES: 1 to kFrameBytesMax bytes, or none at all for the pipe's end, which comes last.
  Result<std::uint64_t> append(std::string_view payload);

  struct Frame {
    std::string payload;  ///< Empty: the pipe's end.
    std::uint64_t next = 0;
  };

  /// The frame at this offset, or nothing if no whole frame stands there.
  Result<std::optional<Frame>> read(std::uint64_t offset) const;

  std::uint64_t first_offset() const noexcept;
  Status sync() { return file_.sync(); }

 private:
  explicit Spool(os::File file) : file_(std::move(file)) {}
  Status begin();

  os::File file_;
  bool has_frames_ = false;
  std::uint64_t end_ = 0;  // Writer only.
};

}  // namespace penstock::sources
