// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// File names made of a template's own text and of escaped values: none leaves its folder, hides
// itself, is empty or is too long, and different values give different names.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::placeholders {

/// What Linux file systems take for one name.
inline constexpr std::size_t kNameBytesMax = 255;

/// One name between slashes, from a template like `{rank|pad:3}.txt` and its values.
///
///     names that a value begins with a dot   "..": "%2E.", ".bashrc": "%2Ebashrc"
///     longer than 255 bytes                  cut, "-", 16 digits of its hash, and its extension
///
/// Shape: `text` has passed escape_for(Place::path), so it has no slash and no NUL; a dot that
/// begins it is the job's own if `starts_with_literal`.
/// Errors: invalid ("item.path") if it is empty.
[[nodiscard]] Result<std::string> path_name(std::string_view text, bool starts_with_literal);

}  // namespace penstock::placeholders
