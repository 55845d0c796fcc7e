// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Dates as HTTP writes them. The time is an argument.
#pragma once

#include <chrono>
#include <string>

namespace penstock::lab {

/// "Sun, 06 Nov 1994 08:49:37 GMT", a part of a second cut off. Source: RFC 9110, 5.6.7.
[[nodiscard]] std::string http_date(std::chrono::system_clock::time_point when);

}  // namespace penstock::lab
