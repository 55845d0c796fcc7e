// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON strings from any bytes. It builds no documents; stats_json.cc and the routes do that.
#pragma once

#include <string>
#include <string_view>

namespace penstock::lab {

/// A JSON string literal, with quotes. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quoted(std::string_view text);

/// The same text with every byte that is not UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace penstock::lab
