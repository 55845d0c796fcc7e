// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The search service: hits of the index as pages of JSON results.
#pragma once

#include "answer.h"
#include "request.h"
#include "site.h"
#include "target.h"

namespace penstock::lab {

/// /search?q=WORDS&count=10&offset=0. Shape: {"query", "total", "offset", "next", "results":
/// [{"rank", "url", "title", "snippet"}]}; `next` is a target or null, also as a Link header.
[[nodiscard]] Answer search_route(Site& site, const Request& request, const Target& target);

/// A whole number among the parameters, or `otherwise` if there is none.
/// Errors: invalid, if it is no number or above `most`.
[[nodiscard]] Result<std::uint64_t> number_param(const Target& target, std::string_view name,
                                                 std::uint64_t otherwise, std::uint64_t most);

}  // namespace penstock::lab
