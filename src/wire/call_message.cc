// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Calls. An item of an unbroken run of ids with a first attempt costs two bytes beside its value.
#include <limits>
#include <utility>

#include "wire/corrupt.h"
#include "wire/messages.h"
#include "wire/varint.h"

namespace penstock::wire {
namespace {

// Flags of a call.
constexpr std::uint8_t kAlone = 1;
constexpr std::uint8_t kTellsStart = 2;

// Flags of an item. What is not flagged is the usual case and takes no bytes.
constexpr std::uint8_t kJump = 1;   // The id is not the one after the item before: a delta follows.
constexpr std::uint8_t kAgain = 2;  // The attempt is not the first: it follows.
constexpr std::uint8_t kHop = 4;    // A hop and its status follow.
constexpr std::uint8_t kItemFlags = kJump | kAgain | kHop;

constexpr std::size_t kItemBytesMin = 2;
constexpr std::size_t kItemBytesMax = 1 + 5 * kVarintBytesMax;  // Besides value and hop.
constexpr std::size_t kCallBytesMax = 2 + 3 * kVarintBytesMax;  // Besides its items.

std::size_t bytes_max(const Call& call) {
  std::size_t bytes = kCallBytesMax + call.items.size() * kItemBytesMax;
  for (const CallItem& item : call.items) bytes += item.value.size() + item.hop.size();
  return bytes;
}

void write_item(const CallItem& item, std::uint64_t expected, Writer& out) {
  const bool has_hop = !item.hop.empty() || item.hop_status != 0;
  out.byte(static_cast<std::uint8_t>((item.item.value != expected ? kJump : 0) |
                                     (item.attempt != 1 ? kAgain : 0) | (has_hop ? kHop : 0)));
  if (item.item.value != expected) {
    out.zigzag(static_cast<std::int64_t>(item.item.value - expected));
  }
  if (item.attempt != 1) out.varint(item.attempt);
  out.text(item.value);
  if (!has_hop) return;
  out.text(item.hop);
  out.varint(item.hop_status);
}

CallItem read_item(std::uint64_t expected, Reader& in) {
  CallItem item;
  const std::uint8_t flags = in.byte();
  if ((flags & ~kItemFlags) != 0) in.fail();
  item.item.value = expected;
  if ((flags & kJump) != 0) item.item.value += static_cast<std::uint64_t>(in.zigzag());
  if ((flags & kAgain) != 0) {
    constexpr auto kMax = std::numeric_limits<std::uint32_t>::max();
    item.attempt = static_cast<std::uint32_t>(in.varint_up_to(kMax));
  }
  item.value = in.text();
  if ((flags & kHop) != 0) {
    constexpr auto kMax = std::numeric_limits<std::uint16_t>::max();
    item.hop = in.text();
    item.hop_status = static_cast<std::uint16_t>(in.varint_up_to(kMax));
  }
  return item;
}

Call read_call(Reader& in) {
  Call call;
  call.id = CallId{in.varint()};
  call.step = StepIndex{in.byte()};
  const std::uint8_t flags = in.byte();
  if ((flags & ~(kAlone | kTellsStart)) != 0) in.fail();
  call.alone = (flags & kAlone) != 0;
  call.tells_start = (flags & kTellsStart) != 0;
  call.not_before = TimePoint(Duration(in.zigzag()));
  const std::size_t count = in.count(kItemBytesMin);
  call.items.reserve(count);
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    call.items.push_back(read_item(expected, in));
    expected = call.items.back().item.value + 1;
  }
  return call;
}

}  // namespace

void encode_call(const Call& call, std::string& payload) {
  Writer out(payload, bytes_max(call));
  out.varint(static_cast<std::uint64_t>(call.id));
  out.byte(static_cast<std::uint8_t>(call.step));
  out.byte(
      static_cast<std::uint8_t>((call.alone ? kAlone : 0) | (call.tells_start ? kTellsStart : 0)));
  out.zigzag(Duration(call.not_before.time_since_epoch()).count());
  out.varint(call.items.size());
  std::uint64_t expected = 0;
  for (const CallItem& item : call.items) {
    write_item(item, expected, out);
    expected = item.item.value + 1;
  }
}

Result<std::vector<Call>> decode_calls(std::string_view payload) {
  Reader in(payload);
  std::vector<Call> calls;
  while (in.left() > 0) calls.push_back(read_call(in));
  if (in.failed()) return corrupt_payload("calls");
  return calls;
}

}  // namespace penstock::wire
