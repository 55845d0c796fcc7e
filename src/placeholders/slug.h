// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Readable names made of any text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::placeholders {

inline constexpr std::size_t kSlugBytesMax = 80;

/// Letters and digits in lower case, everything else one "-": "C'est déjà l'été!" is
/// "c-est-deja-l-ete". Accents of Latin letters go; letters of other scripts stay as they are.
/// Never empty: what has no letter ("!?") becomes 16 digits of its hash. What would be longer than
/// `bytes_max` is cut and ends with those digits, so that cuts do not collide. Still, different
/// texts may share a slug ("C" and "C++"): add `{name|hash:8}` where that matters.
/// REQUIRES: bytes_max >= 24.
[[nodiscard]] std::string slug(std::string_view text, std::size_t bytes_max = kSlugBytesMax);

}  // namespace penstock::placeholders
