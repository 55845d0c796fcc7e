// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What to do about a kind of error, in one sentence. The kinds themselves are made where they
// happen and listed in docs/errors.md.
#pragma once

#include <string_view>

namespace penstock::report {

/// Advice for "http.404" or, if there is none, for its family "http". Never empty.
std::string_view advice(std::string_view kind) noexcept;

}  // namespace penstock::report
