// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The Link header, as far as it says where the next page is. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::steps {

/// The target, as it stands there, of the first link whose relation is `next`; nothing if there
/// is none. Source: RFC 8288 3.
std::optional<std::string> next_link(std::string_view header);

}  // namespace penstock::steps
