// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which addresses a URL that came out of a response may lead to. Pure arithmetic on addresses:
// it never resolves a name and never opens a socket.
#pragma once

#include <penstock/error.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

struct sockaddr;

namespace penstock::net {

/// An IPv6 address, or an IPv4 address in its mapped form (::ffff:a.b.c.d), in network order.
using IpAddress = std::array<std::uint8_t, 16>;

/// A range of addresses: those whose first `prefix_bits` are the same as those of `base`.
struct AddressRange {
  IpAddress base{};
  unsigned prefix_bits = 128;  ///< Counted in the 16 bytes, so 104 for 127.0.0.0/8.

  bool contains(const IpAddress& address) const noexcept;
};

/// An address in its usual text form ("10.0.0.1", "::1", "[::1]"); nullopt if it is a name.
std::optional<IpAddress> parse_address(std::string_view text);

/// The address of a socket; nullopt for families other than IPv4 and IPv6.
std::optional<IpAddress> address_of(const sockaddr& socket_address) noexcept;

/// "127.0.0.0/8", "fd00::/8", or one address. Errors: invalid ("address.range").
Result<AddressRange> parse_range(std::string_view text);

/// Whether anybody on the internet may be meant: not loopback, link-local, private, shared,
/// documentation, multicast or reserved, also not through a v4-mapped, NAT64 or 6to4 form.
/// Source: IANA special-purpose address registries for IPv4 and IPv6, RFC 6890.
bool is_public(const IpAddress& address) noexcept;

/// Public addresses and the ranges of an allow list pass; all others are refused.
///
/// Threads: any, read only.
class AddressGuard {
 public:
  explicit AddressGuard(std::vector<AddressRange> allow) : allow_(std::move(allow)) {}

  bool allows(const IpAddress& address) const noexcept;

 private:
  std::vector<AddressRange> allow_;
};

}  // namespace penstock::net
