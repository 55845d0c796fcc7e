// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Sizes as people write them. Pure; the same under every locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::catalog {

/// "512", "64KiB", "10MB" -> bytes; KB is 1000, KiB and K are 1024.
std::optional<std::uint64_t> parse_bytes(std::string_view text) noexcept;

}  // namespace penstock::catalog
