// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The special-purpose registries as two tables, and the forms in which IPv4 hides inside IPv6.
#include "net/address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace penstock::net {
namespace {

constexpr std::size_t kMappedBytes = 12;  // The prefix ::ffff: before an IPv4 address.
constexpr unsigned kMappedBits = 96;

constexpr IpAddress mapped(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d};
}

constexpr AddressRange v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, unsigned bits) {
  return {mapped(a, b, c, 0), kMappedBits + bits};
}

constexpr AddressRange v6(std::uint16_t first, std::uint16_t second, unsigned bits) {
  return {{static_cast<std::uint8_t>(first >> 8), static_cast<std::uint8_t>(first & 0xff),
           static_cast<std::uint8_t>(second >> 8), static_cast<std::uint8_t>(second & 0xff)},
          bits};
}

constexpr AddressRange kSpecial[] = {
    v4(0, 0, 0, 8),          // This network.
    v4(10, 0, 0, 8),         // Private.
    v4(100, 64, 0, 10),      // Carrier-grade NAT.
    v4(127, 0, 0, 8),        // Loopback.
    v4(169, 254, 0, 16),     // Link-local: the metadata services of clouds.
    v4(172, 16, 0, 12),      // Private.
    v4(192, 0, 0, 24),       // Protocol assignments.
    v4(192, 0, 2, 24),       // Documentation.
    v4(192, 88, 99, 24),     // 6to4 relays.
    v4(192, 168, 0, 16),     // Private.
    v4(198, 18, 0, 15),      // Benchmarks.
    v4(198, 51, 100, 24),    // Documentation.
    v4(203, 0, 113, 24),     // Documentation.
    v4(224, 0, 0, 4),        // Multicast.
    v4(240, 0, 0, 4),        // Reserved, and the broadcast address.
    v6(0x0064, 0xff9b, 32),  // NAT64; its public part is judged by the address inside.
    v6(0x0100, 0, 64),       // Discard.
    v6(0x2001, 0, 23),       // Protocol assignments, Teredo.
    v6(0x2001, 0x0db8, 32),  // Documentation.
    v6(0x2002, 0, 16),       // 6to4, judged by the address inside.
    v6(0x3fff, 0, 20),       // Documentation.
    v6(0x5f00, 0, 16),       // Segment routing.
    v6(0xfc00, 0, 7),        // Unique local.
    v6(0xfe80, 0, 10),       // Link-local.
    v6(0xfec0, 0, 10),       // Site-local, deprecated but still routed by some.
    v6(0xff00, 0, 8),        // Multicast.
};

constexpr AddressRange kMapped = {mapped(0, 0, 0, 0), kMappedBits};
constexpr AddressRange kNat64 = {{0, 0x64, 0xff, 0x9b}, 96};
constexpr AddressRange k6to4 = {{0x20, 0x02}, 16};
constexpr AddressRange kLowest = {{}, 64};  // ::, ::1 and the v4-compatible forms.

IpAddress mapped_from(const std::uint8_t* v4_bytes) {
  return mapped(v4_bytes[0], v4_bytes[1], v4_bytes[2], v4_bytes[3]);
}

Error bad_range(std::string_view text) {
  return {Errc::invalid, "not an address range: " + std::string(text), "address.range"};
}

}  // namespace

bool AddressRange::contains(const IpAddress& address) const noexcept {
  const std::size_t whole_bytes = prefix_bits / 8;
  if (!std::equal(base.begin(), base.begin() + whole_bytes, address.begin())) return false;
  const unsigned rest_bits = prefix_bits % 8;
  if (rest_bits == 0) return true;
  const unsigned mask = 0xffU << (8 - rest_bits);
  return ((base[whole_bytes] ^ address[whole_bytes]) & mask & 0xffU) == 0;
}

std::optional<IpAddress> parse_address(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  const std::string terminated(text);
  std::uint8_t v4_bytes[4];
  if (::inet_pton(AF_INET, terminated.c_str(), v4_bytes) == 1) return mapped_from(v4_bytes);
  IpAddress address;
  if (::inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

std::optional<IpAddress> address_of(const sockaddr& socket_address) noexcept {
  // Copied, because curl's storage is only promised to be aligned for a plain sockaddr.
  if (socket_address.sa_family == AF_INET) {
    sockaddr_in v4_socket;
    std::memcpy(&v4_socket, &socket_address, sizeof v4_socket);
    std::uint8_t v4_bytes[4];
    std::memcpy(v4_bytes, &v4_socket.sin_addr, sizeof v4_bytes);
    return mapped_from(v4_bytes);
  }
  if (socket_address.sa_family == AF_INET6) {
    sockaddr_in6 v6_socket;
    std::memcpy(&v6_socket, &socket_address, sizeof v6_socket);
    IpAddress address;
    std::memcpy(address.data(), &v6_socket.sin6_addr, address.size());
    return address;
  }
  return std::nullopt;
}

Result<AddressRange> parse_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return bad_range(text);
  const bool is_v4 = kMapped.contains(*base) && text.find(':') == std::string_view::npos;
  const unsigned bits_max = is_v4 ? 32 : 128;
  unsigned bits = bits_max;
  if (slash != std::string_view::npos) {
    const char* first = text.data() + slash + 1;
    const char* last = text.data() + text.size();
    const auto [end, code] = std::from_chars(first, last, bits);
    if (code != std::errc{} || end != last || bits > bits_max) return bad_range(text);
  }
  return AddressRange{*base, is_v4 ? kMappedBits + bits : bits};
}

bool is_public(const IpAddress& address) noexcept {
  // IPv4 inside IPv6 reaches the IPv4 host, so that one is judged.
  if (kNat64.contains(address)) return is_public(mapped_from(address.data() + kMappedBytes));
  if (k6to4.contains(address)) return is_public(mapped_from(address.data() + 2));
  if (kLowest.contains(address) && !kMapped.contains(address)) return false;
  return std::none_of(std::begin(kSpecial), std::end(kSpecial),
                      [&](const AddressRange& range) { return range.contains(address); });
}

bool AddressGuard::allows(const IpAddress& address) const noexcept {
  if (is_public(address)) return true;
  return std::any_of(allow_.begin(), allow_.end(),
                     [&](const AddressRange& range) { return range.contains(address); });
}

}  // namespace penstock::net
