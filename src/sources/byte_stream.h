// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bytes in order, read once. What is above (lines, rows) does not know whether they come from a
// file, an archive or a pipe.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace penstock::sources {

/// Threads: owner only. Blocks: on local files only.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  /// Up to room.size() bytes; 0 is the end; nothing: a pipe has no more yet.
  virtual Result<std::optional<std::size_t>> read(std::span<char> room) = 0;

  /// What messages call it: a path, or "standard input".
  virtual const std::string& name() const = 0;

  /// After the end: bytes that once followed are lost, so the last line may be cut in two.
  virtual bool incomplete() const { return false; }
};

/// Errors: invalid "file.missing", system.
Result<std::unique_ptr<ByteStream>> open_file_stream(const std::string& path);

/// A stream whose first bytes can be looked at before they are read.
class PeekStream final : public ByteStream {
 public:
  explicit PeekStream(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  /// The first `count` bytes, fewer if there are no more; nothing: a pipe has not given them yet.
  /// REQUIRES: nothing was read.
  Result<std::optional<std::string_view>> peek(std::size_t count);

  /// Drop the first `count` bytes. REQUIRES: peek() has shown them.
  void drop(std::size_t count) { peeked_.erase(0, count); }

  Result<std::optional<std::size_t>> read(std::span<char> room) override;
  const std::string& name() const override { return stream_->name(); }
  bool incomplete() const override { return stream_->incomplete(); }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::string peeked_;
};

}  // namespace penstock::sources
