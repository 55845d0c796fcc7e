// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where to listen: "127.0.0.1:0", "127.0.0.1-127.0.0.8:8080", "[::1]:8080". Loopback only, unless
// told otherwise: the lab is made to be mistreated and to mistreat.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::lab {

struct ListenAddress {
  std::vector<std::string> hosts{"127.0.0.1"};  ///< Literal addresses, in order.
  std::uint16_t port = 0;                       ///< Zero: one that is free on all of them.
};

enum class Reach : std::uint8_t { loopback, any };

/// Errors: invalid: no literal address, a range backwards or above 65,536 hosts, a bad port, or an
/// address that is not loopback where only that is allowed.
[[nodiscard]] Result<ListenAddress> parse_listen(std::string_view text, Reach reach);

}  // namespace penstock::lab
