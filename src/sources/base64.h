// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bytes as text that JSON can hold.
#pragma once

#include <string>
#include <string_view>

namespace penstock::sources {

/// With padding, on one line. Source: RFC 4648, section 4.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace penstock::sources
