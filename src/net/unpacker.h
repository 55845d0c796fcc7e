// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bodies as they were before they were compressed on the way, piece by piece. libcurl can do this
// too, but takes a stream that stops in the middle for a whole one, and only complete bodies count.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace penstock::net {

/// What one coding makes of bytes.
class Coding {
 public:
  /// Takes unpacked bytes; false: no more of them are wanted.
  using Sink = std::function<bool(std::string_view)>;

  virtual ~Coding() = default;

  /// False if the sink said so. Errors: rejected ("body.encoding").
  virtual Result<bool> feed(std::string_view packed, const Sink& sink) = 0;

  /// The stream was fed to its end. What stands behind the end is passed over.
  virtual bool is_complete() const noexcept = 0;
};

/// Any number of codings up to kCodingsMax, one in the other.
///
/// Memory: bounded, about 40 KiB a coding (zstd: up to 8 MiB, as RFC 9659 asks), whatever the body.
/// Threads: one.
class Unpacker {
 public:
  static constexpr std::size_t kCodingsMax = 5;

  /// For what Content-Encoding says: gzip, deflate, br, zstd, by commas, the outermost last.
  /// Errors: rejected ("body.encoding") for a coding that nobody here knows, or too many.
  static Result<Unpacker> for_codings(std::string_view content_encoding);

  /// Nothing is packed: do without.
  bool is_identity() const noexcept { return codings_.empty(); }

  /// As Coding::feed().
  Result<bool> feed(std::string_view packed, const Coding::Sink& sink);

  /// All streams have ended, or never begun: no body is no broken one.
  bool is_complete() const noexcept;

 private:
  Result<bool> feed_from(std::size_t coding, std::string_view packed, const Coding::Sink& sink);

  std::vector<std::unique_ptr<Coding>> codings_;  // In the order of unpacking.
  bool began_ = false;
};

}  // namespace penstock::net
