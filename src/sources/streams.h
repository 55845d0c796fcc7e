// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A byte stream that gives exactly the pieces that a test wants. Tests only.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sources/byte_stream.h"

namespace penstock::sources {

inline constexpr const char* kWait = "<wait>";  ///< A pipe that has no more yet.
inline constexpr const char* kFail = "<fail>";  ///< An error.
inline constexpr const char* kLost = "<lost>";  ///< The end, with the rest lost.

class Pieces final : public ByteStream {
 public:
  explicit Pieces(std::vector<std::string> pieces) : left_(pieces.begin(), pieces.end()) {}

  Result<std::optional<std::size_t>> read(std::span<char> room) override {
    if (left_.empty()) return std::optional<std::size_t>(0);
    std::string& piece = left_.front();
    if (piece == kLost) {
      incomplete_ = true;
      return std::optional<std::size_t>(0);
    }
    if (piece == kFail) return Error{.code = Errc::system, .message = "broken", .kind = "test"};
    const bool waits = piece == kWait;
    const std::size_t count = waits ? 0 : std::min(room.size(), piece.size());
    std::copy_n(piece.data(), count, room.data());
    piece.erase(0, count);
    if (waits || piece.empty()) left_.pop_front();
    return waits ? std::optional<std::size_t>() : std::optional<std::size_t>(count);
  }

  const std::string& name() const override { return name_; }
  bool incomplete() const override { return incomplete_; }

 private:
  std::deque<std::string> left_;
  const std::string name_ = "pieces";
  bool incomplete_ = false;
};

inline std::unique_ptr<ByteStream> pieces(std::vector<std::string> pieces) {
  return std::make_unique<Pieces>(std::move(pieces));
}

/// `bytes` one at a time.
inline std::unique_ptr<ByteStream> drops(std::string_view bytes) {
  std::vector<std::string> each;
  for (const char byte : bytes) each.emplace_back(1, byte);
  return pieces(std::move(each));
}

/// All bytes to the end; "!kind: message" behind them at an error. Waits are passed over.
inline std::string drain(ByteStream& stream, std::size_t room_bytes = 4096) {
  std::string bytes;
  std::vector<char> room(room_bytes);
  for (;;) {
    const auto count = stream.read(room);
    if (!count) return bytes + "!" + count.error().kind + ": " + count.error().message;
    if (!*count) continue;
    if (**count == 0) return bytes;
    bytes.append(room.data(), **count);
  }
}

}  // namespace penstock::sources
