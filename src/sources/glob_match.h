// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Shell patterns on single names: without a locale, and in time proportional to name x pattern
// however many stars there are.
#pragma once

#include <string>
#include <string_view>

namespace penstock::sources {

/// Whether the whole of `name` is `*` (anything), `?` (one character), `[a-z]`, `[!a-z]` (one of a
/// set) and literal characters; a backslash takes away a special meaning. A leading dot must stand
/// in the pattern. An open bracket is a literal one. Bytes that are not UTF-8 are characters.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view name);

/// Whether the pattern can match more than one name.
[[nodiscard]] bool is_glob(std::string_view pattern);

/// A pattern that is none, without its backslashes.
[[nodiscard]] std::string glob_literal(std::string_view pattern);

}  // namespace penstock::sources
