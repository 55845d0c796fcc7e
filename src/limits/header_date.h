// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Dates as HTTP headers write them, whatever the locale.
#pragma once

#include <penstock/time.h>

#include <optional>
#include <string_view>

namespace penstock::limits {

/// The three forms of RFC 9110 5.6.7 ("Sun, 06 Nov 1994 08:49:37 GMT" and its two elders) and
/// RFC 3339 ("1994-11-06T08:49:37Z", fractions cut off). Names of weekdays are not checked against
/// the date. `now` decides the century of a year of two digits. None: not a date in 1970 to 2261.
std::optional<WallTime> parse_header_date(std::string_view text, WallTime now);

}  // namespace penstock::limits
