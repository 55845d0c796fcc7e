// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Another name for a file or folder whose name is taken: it says whose it is, so it is the same
// after every crash.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::sinks {

/// "001.txt" and key "17/3": "001-5f2a9c01.txt". More digits of the key's fingerprint make further
/// names. Never longer than 255 bytes. REQUIRES: 1 <= digits <= 32.
[[nodiscard]] std::string name_for_key(std::string_view name, std::string_view key,
                                       std::size_t digits);

}  // namespace penstock::sinks
