// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Finished calls. One whose items are all done without output is its id and one byte.
#include <limits>
#include <utility>

#include "wire/corrupt.h"
#include "wire/messages.h"
#include "wire/varint.h"

namespace penstock::wire {
namespace {

// Flags of a finished call: what follows, in this order.
constexpr std::uint8_t kTimes = 1;     // sent_at, elapsed
constexpr std::uint8_t kBytes = 2;     // bytes
constexpr std::uint8_t kHeaders = 4;   // rate_headers
constexpr std::uint8_t kVerdicts = 8;  // Without: all is well.
constexpr std::uint8_t kCallFlags = kTimes | kBytes | kHeaders | kVerdicts;

// A verdict's first byte: its outcome and what follows, in this order.
constexpr std::uint8_t kOutcome = 7;
constexpr std::uint8_t kError = 8;
constexpr std::uint8_t kOutput = 16;
constexpr std::uint8_t kElements = 32;
constexpr std::uint8_t kLink = 64;
constexpr std::uint8_t kMoved = 128;

// An error's second byte: `sent`, and whether retry_after follows.
constexpr std::uint8_t kSent = 3;
constexpr std::uint8_t kRetryAfter = 4;

constexpr std::size_t kErrorBytesMax = 2 + 3 * kVarintBytesMax;
constexpr std::size_t kVerdictBytesMax = 1 + 4 * kVarintBytesMax + kErrorBytesMax;
constexpr std::size_t kCallBytesMax = 1 + 6 * kVarintBytesMax;

bool is_set(const Error& error) {
  return error.code != Errc::internal || !error.kind.empty() || !error.message.empty() ||
         error.sent != Sent::no || error.retry_after.has_value();
}

std::size_t bytes_max(const ItemVerdict& verdict) {
  std::size_t bytes = kVerdictBytesMax + verdict.error.kind.size() + verdict.error.message.size() +
                      verdict.output.size() + verdict.link.size();
  for (const std::string& element : verdict.elements) bytes += kVarintBytesMax + element.size();
  return bytes;
}

std::size_t bytes_max(const FinishedCall& call) {
  std::size_t bytes = kCallBytesMax;
  for (const auto& [name, value] : call.rate_headers) {
    bytes += 2 * kVarintBytesMax + name.size() + value.size();
  }
  for (const ItemVerdict& verdict : call.verdicts) bytes += bytes_max(verdict);
  return bytes;
}

void write_error(const Error& error, Writer& out) {
  out.byte(static_cast<std::uint8_t>(error.code));
  out.byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(error.sent) |
                                     (error.retry_after ? kRetryAfter : 0)));
  out.text(error.kind);
  out.text(error.message);
  if (error.retry_after) out.zigzag(error.retry_after->count());
}

Error read_error(Reader& in) {
  Error error;
  const std::uint8_t code = in.byte();
  const std::uint8_t sent = in.byte();
  if (code > static_cast<std::uint8_t>(Errc::internal)) in.fail();
  if ((sent & ~(kSent | kRetryAfter)) != 0) in.fail();
  if ((sent & kSent) > static_cast<std::uint8_t>(Sent::yes)) in.fail();
  error.code = Errc{code};
  error.sent = Sent{static_cast<std::uint8_t>(sent & kSent)};
  error.kind = in.text();
  error.message = in.text();
  if ((sent & kRetryAfter) != 0) error.retry_after = std::chrono::milliseconds(in.zigzag());
  return error;
}

std::uint8_t flags_of(const ItemVerdict& verdict) {
  return static_cast<std::uint8_t>(
      static_cast<unsigned>(verdict.outcome) | (is_set(verdict.error) ? kError : 0U) |
      (verdict.output.empty() ? 0U : kOutput) | (verdict.fans_out ? kElements : 0U) |
      (verdict.link.empty() ? 0U : kLink) | (verdict.moved_status == 0 ? 0U : kMoved));
}

void write_verdict(const ItemVerdict& verdict, Writer& out) {
  const std::uint8_t flags = flags_of(verdict);
  out.byte(flags);
  if ((flags & kError) != 0) write_error(verdict.error, out);
  if ((flags & kOutput) != 0) out.text(verdict.output);
  if ((flags & kElements) != 0) {
    out.varint(verdict.elements.size());
    for (const std::string& element : verdict.elements) out.text(element);
  }
  if ((flags & kLink) != 0) out.text(verdict.link);
  if ((flags & kMoved) != 0) out.varint(verdict.moved_status);
}

ItemVerdict read_verdict(Reader& in) {
  ItemVerdict verdict;
  const std::uint8_t flags = in.byte();
  if ((flags & kOutcome) > static_cast<std::uint8_t>(Outcome::returned)) in.fail();
  verdict.outcome = Outcome{static_cast<std::uint8_t>(flags & kOutcome)};
  if ((flags & kError) != 0) verdict.error = read_error(in);
  if ((flags & kOutput) != 0) verdict.output = in.text();
  verdict.fans_out = (flags & kElements) != 0;
  if (verdict.fans_out) {
    verdict.elements.resize(in.count(1));
    for (std::string& element : verdict.elements) element = in.text();
  }
  if ((flags & kLink) != 0) verdict.link = in.text();
  if ((flags & kMoved) != 0) {
    constexpr auto kMax = std::numeric_limits<std::uint16_t>::max();
    verdict.moved_status = static_cast<std::uint16_t>(in.varint_up_to(kMax));
  }
  return verdict;
}

void read_headers(FinishedCall& call, Reader& in) {
  call.rate_headers.resize(in.count(2));
  for (auto& [name, value] : call.rate_headers) {
    name = in.text();
    value = in.text();
  }
}

FinishedCall read_finished(Reader& in) {
  FinishedCall call;
  call.id = CallId{in.varint()};
  const std::uint8_t flags = in.byte();
  if ((flags & ~kCallFlags) != 0) in.fail();
  if ((flags & kTimes) != 0) {
    call.sent_at = TimePoint(Duration(in.zigzag()));
    call.elapsed = Duration(in.zigzag());
  }
  if ((flags & kBytes) != 0) call.bytes = in.varint();
  if ((flags & kHeaders) != 0) read_headers(call, in);
  if ((flags & kVerdicts) != 0) {
    call.verdicts.resize(in.count(1));
    for (ItemVerdict& verdict : call.verdicts) verdict = read_verdict(in);
  }
  return call;
}

}  // namespace

void encode_finished(const FinishedCall& call, std::string& payload) {
  const bool has_times = call.sent_at != TimePoint{} || call.elapsed != Duration{};
  Writer out(payload, bytes_max(call));
  out.varint(static_cast<std::uint64_t>(call.id));
  out.byte(static_cast<std::uint8_t>((has_times ? kTimes : 0) | (call.bytes != 0 ? kBytes : 0) |
                                     (call.rate_headers.empty() ? 0 : kHeaders) |
                                     (call.verdicts.empty() ? 0 : kVerdicts)));
  if (has_times) {
    out.zigzag(Duration(call.sent_at.time_since_epoch()).count());
    out.zigzag(call.elapsed.count());
  }
  if (call.bytes != 0) out.varint(call.bytes);
  if (!call.rate_headers.empty()) {
    out.varint(call.rate_headers.size());
    for (const auto& [name, value] : call.rate_headers) {
      out.text(name);
      out.text(value);
    }
  }
  if (call.verdicts.empty()) return;
  out.varint(call.verdicts.size());
  for (const ItemVerdict& verdict : call.verdicts) write_verdict(verdict, out);
}

Result<std::vector<FinishedCall>> decode_finished(std::string_view payload) {
  Reader in(payload);
  std::vector<FinishedCall> calls;
  while (in.left() > 0) calls.push_back(read_finished(in));
  if (in.failed()) return corrupt_payload("finished calls");
  return calls;
}

}  // namespace penstock::wire
