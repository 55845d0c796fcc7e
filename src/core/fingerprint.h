// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// 128 bits that stand for bytes. Stable for ever, since they are in ledgers; not for secrets, and
// no defence against somebody who searches for collisions.
#pragma once

#include <penstock/item.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

/// XXH3-128 of the bytes; never the all-zero "none".
[[nodiscard]] Fingerprint fingerprint(std::string_view bytes) noexcept;

/// Of a sequence of parts: ("ab", "c") and ("a", "bc") differ.
[[nodiscard]] Fingerprint fingerprint(std::initializer_list<std::string_view> parts) noexcept;

/// Of `first` and then `second`; the order matters.
[[nodiscard]] Fingerprint combine(const Fingerprint& first, const Fingerprint& second) noexcept;

/// 32 lower-case digits.
[[nodiscard]] std::string to_hex(const Fingerprint& fingerprint);

/// The reverse of to_hex(); nothing if it is not 32 lower-case digits.
[[nodiscard]] std::optional<Fingerprint> fingerprint_from_hex(std::string_view digits) noexcept;

}  // namespace penstock
