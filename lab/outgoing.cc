// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The head goes with the first slice of the body unless something must happen between them.
#include "outgoing.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace penstock::lab {
namespace {

// What one write hands to the kernel: large enough to be cheap, small enough for 5,000 at once.
constexpr std::size_t kSliceBytes = 64 * 1024;
constexpr Duration kDripPause = std::chrono::milliseconds(100);

std::size_t drip_slice(std::uint64_t bytes_per_s) {
  const auto slices_per_s = static_cast<std::uint64_t>(std::chrono::seconds(1) / kDripPause);
  return static_cast<std::size_t>(
      std::clamp<std::uint64_t>(bytes_per_s / slices_per_s, 1, kSliceBytes));
}

// Below ten bytes a second one byte is sent and the pause is longer.
Duration drip_pause(std::uint64_t bytes_per_s) {
  return std::max(kDripPause, Duration(std::chrono::seconds(1)) / static_cast<long>(bytes_per_s));
}

void append_hex(std::size_t number, std::string& out) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), number, 16).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace

Outgoing::Outgoing(Answer answer, std::string_view date) : answer_(std::move(answer)) {
  const auto& delivery = answer_.delivery;
  if (!answer_.is_raw) head_ = render_head(answer_, date);
  body_end_ = delivery.head_only ? 0 : body_bytes(answer_.body);
  if (delivery.cut_at) body_end_ = std::min(body_end_, *delivery.cut_at);
}

Outgoing::Piece Outgoing::next(std::string& out) {
  const auto& delivery = answer_.delivery;
  if (!opened_) return open(out);
  Piece piece;
  if (sent_bytes_ == 0) piece.wait = delivery.body_delay;
  if (delivery.drip_bytes_per_s == 0) {
    append_body(kSliceBytes, out);
  } else {
    piece.wait += drip_pause(delivery.drip_bytes_per_s);
    append_body(drip_slice(delivery.drip_bytes_per_s), out);
  }
  piece.last = close(out);
  return piece;
}

Outgoing::Piece Outgoing::open(std::string& out) {
  const auto& delivery = answer_.delivery;
  opened_ = true;
  Piece piece{delivery.delay, false, delivery.ending == Ending::hang};
  if (piece.holds) return piece;
  if (delivery.ending == Ending::reset) {
    piece.last = true;
    return piece;
  }
  out.append(head_);
  const bool at_once = delivery.body_delay.count() == 0 && delivery.drip_bytes_per_s == 0;
  if (at_once) append_body(kSliceBytes, out);
  piece.last = (at_once || body_end_ == 0) && close(out);
  return piece;
}

void Outgoing::append_body(std::size_t bytes_max, std::string& out) {
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes_max, body_end_ - sent_bytes_));
  if (count == 0) return;
  const bool chunked = answer_.delivery.chunked;
  if (chunked) {
    append_hex(count, out);
    out.append("\r\n");
  }
  append_slice(answer_.body, sent_bytes_, count, out);
  if (chunked) out.append("\r\n");
  // An endless body never comes near its end: 2^64 bytes take centuries.
  sent_bytes_ += count;
}

bool Outgoing::close(std::string& out) {
  const auto& delivery = answer_.delivery;
  if (sent_bytes_ < body_end_) return false;
  if (delivery.chunked && !delivery.cut_at && !delivery.head_only) out.append("0\r\n\r\n");
  out.append(delivery.trailing);
  return true;
}

}  // namespace penstock::lab
