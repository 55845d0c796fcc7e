// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What `top` and `tune` may ask of a living run: one JSON object a line, answered by one.
//
//     {"do":"snapshot"}                                  -> {"ok":true,"snapshot":{...}}
//     {"do":"tune","concurrency":80,"rates":[["","15/s"]]} -> {"ok":true,"text":"..."}
//     {"do":"drain"}                                     -> {"ok":true,"text":"..."}
//     anything else                                      -> {"ok":false,"text":"why"}
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::cli {

/// New sizes and rates; what is absent stays as it is.
struct Tuning {
  std::optional<std::size_t> workers;
  std::optional<std::size_t> concurrency;
  std::optional<std::size_t> at_once;

  /// (limit, rate): an empty name stands for the job's only limit.
  std::vector<std::pair<std::string, std::string>> rates;
};

struct ControlRequest {
  enum class Wish : std::uint8_t { snapshot, tune, drain };

  Wish wish = Wish::snapshot;
  Tuning tuning{};
};

/// Longer lines are refused: nobody needs them.
inline constexpr std::size_t kControlLineMax = 64 * 1024;

/// Errors: invalid, with the reason for whoever asked.
Result<ControlRequest> parse_control_request(std::string_view line);

/// The request as a line, without its end.
std::string to_line(const ControlRequest& request);

/// {"ok":true,"text":...} or {"ok":false,"text":...}, without a line end.
std::string control_answer(bool ok, std::string_view text);

}  // namespace penstock::cli
