// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bytes as text that JSON can hold, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

/// With padding, on one line. Source: RFC 4648, section 4.
[[nodiscard]] std::string base64(std::string_view bytes);

/// The reverse of base64(); nothing if it is not exactly what base64() gives for some bytes.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace penstock
