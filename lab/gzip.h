// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Gzip bodies: real ones, and bombs that cost nothing to make. It never unpacks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::lab {

/// `text` as one gzip member.
[[nodiscard]] std::string gzip_text(std::string_view text);

/// One gzip member of about bytes/1000 that unpacks to `bytes` zeros, with right length and crc.
[[nodiscard]] std::string gzip_zeros(std::uint64_t bytes);

}  // namespace penstock::lab
