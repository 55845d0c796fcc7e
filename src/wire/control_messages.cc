// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The small messages around the work: hello, settings, started, cancel.
#include <limits>

#include "wire/corrupt.h"
#include "wire/messages.h"
#include "wire/varint.h"

namespace penstock::wire {
namespace {

constexpr auto kWordMax = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kSettingsBytesMax = 4 * kVarintBytesMax;  // Besides the folder.

void write_settings(const Settings& settings, Writer&& out) {
  out.varint(settings.worker);
  out.varint(settings.concurrency);
  out.varint(static_cast<std::uint64_t>(settings.heartbeat_every.count()));
  out.text(settings.files_folder);
}

}  // namespace

void encode_started(const StartedCall& call, std::string& payload) {
  Writer out(payload, 2 * kVarintBytesMax);
  out.varint(static_cast<std::uint64_t>(call.id));
  out.zigzag(Duration(call.sent_at.time_since_epoch()).count());
}

Result<std::vector<StartedCall>> decode_started(std::string_view payload) {
  Reader in(payload);
  std::vector<StartedCall> calls;
  while (in.left() > 0) {
    const CallId id{in.varint()};
    calls.push_back(StartedCall{.id = id, .sent_at = TimePoint(Duration(in.zigzag()))});
  }
  if (in.failed()) return corrupt_payload("started calls");
  return calls;
}

void encode_cancel(CallId call, std::string& payload) {
  Writer(payload, kVarintBytesMax).varint(static_cast<std::uint64_t>(call));
}

Result<std::vector<CallId>> decode_cancels(std::string_view payload) {
  Reader in(payload);
  std::vector<CallId> calls;
  while (in.left() > 0) calls.push_back(CallId{in.varint()});
  if (in.failed()) return corrupt_payload("cancelled calls");
  return calls;
}

std::string encode_settings(const Settings& settings) {
  std::string payload;
  write_settings(settings, Writer(payload, kSettingsBytesMax + settings.files_folder.size()));
  return payload;
}

Result<Settings> decode_settings(std::string_view payload) {
  Reader in(payload);
  Settings settings;
  settings.worker = static_cast<std::uint32_t>(in.varint_up_to(kWordMax));
  settings.concurrency = static_cast<std::uint32_t>(in.varint_up_to(kWordMax));
  settings.heartbeat_every = std::chrono::milliseconds(in.varint_up_to(kWordMax));
  settings.files_folder = in.text();
  if (in.failed() || in.left() > 0) return corrupt_payload("settings");
  return settings;
}

std::string encode_hello() {
  std::string payload;
  Writer(payload, kVarintBytesMax).varint(kVersion);
  return payload;
}

Status decode_hello(std::string_view payload) {
  Reader in(payload);
  const std::uint64_t version = in.varint();
  if (in.failed() || in.left() > 0 || version != kVersion) return corrupt_payload("hello");
  return ok();
}

}  // namespace penstock::wire
