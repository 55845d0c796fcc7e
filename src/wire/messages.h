// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the frames carry: calls to a worker, finished calls back, and the little around them.
// Bytes in, bytes out: grammar in docs/formats/wire.md.
#pragma once

#include <penstock/error.h>
#include <penstock/executor.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::wire {

/// Changes when any payload does; both ends must agree.
inline constexpr std::uint64_t kVersion = 1;

/// What a worker is told first, and again when it changes.
struct Settings {
  std::uint32_t worker = 0;                     ///< Its index, from 0.
  std::uint32_t concurrency = 1;                ///< Calls that it may run at once.
  std::chrono::milliseconds heartbeat_every{};  ///< While it has calls.
  std::string files_folder;

  friend bool operator==(const Settings&, const Settings&) = default;
};

/// Append one call to a payload of Kind::work, which is calls one after the other.
void encode_call(const Call& call, std::string& payload);

/// Append one finished call to a payload of Kind::finished.
void encode_finished(const FinishedCall& call, std::string& payload);

/// Append one started call to a payload of Kind::started.
void encode_started(const StartedCall& call, std::string& payload);

/// Append one id to a payload of Kind::cancel.
void encode_cancel(CallId call, std::string& payload);

std::string encode_settings(const Settings& settings);
std::string encode_hello();

/// Errors of all: corrupt, when the bytes are not exactly what the grammar says.
Result<std::vector<Call>> decode_calls(std::string_view payload);
Result<std::vector<FinishedCall>> decode_finished(std::string_view payload);
Result<std::vector<StartedCall>> decode_started(std::string_view payload);
Result<std::vector<CallId>> decode_cancels(std::string_view payload);
Result<Settings> decode_settings(std::string_view payload);
Status decode_hello(std::string_view payload);  // Errors: also another version.

}  // namespace penstock::wire
