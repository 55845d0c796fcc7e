// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How far two words are apart, to say "did you mean". Pure; compares bytes, for names are ASCII.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// The least number of letters to insert, drop, change or swap with their neighbour.
/// Units: bytes. Cost: a.size() * b.size(), so keep words short.
/// Source: Damerau 1964, in the restricted form (no letter is edited twice).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that was most likely meant, or an empty view if none is near: at most a third of
/// the word's letters away, and at most three. Of equals the first.
/// Shape: the view is of an element of `candidates`.
[[nodiscard]] std::string_view nearest_word(std::string_view word,
                                            const std::vector<std::string>& candidates);

}  // namespace penstock
