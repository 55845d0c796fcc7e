// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One HTTP request as the rest of the lab sees it: strings, no parser.
#pragma once

#include "units.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::lab {

struct Header {
  std::string name;
  std::string value;
};

using WallTime = std::chrono::system_clock::time_point;

/// Where a request came from and when. `at` is the arrival of its last byte, `wall` the same
/// instant by the calendar, for dates and logs.
struct Origin {
  TimePoint at{};
  WallTime wall{};
  std::string peer;  ///< The client's address, without port.
  std::uint64_t connection = 0;
  std::uint64_t nth_on_connection = 1;
};

struct Request {
  std::string method;
  std::string target;
  std::vector<Header> headers;
  std::string body;
  bool keep_alive = true;
  bool is_http_1_0 = false;  ///< It cannot read chunks.
  Origin origin;

  /// The first header of that name, any case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;

  /// The Host header as it came ("127.0.0.1:8080"), and without its port.
  [[nodiscard]] std::string_view authority() const noexcept;
  [[nodiscard]] std::string_view host() const noexcept;
};

}  // namespace penstock::lab
