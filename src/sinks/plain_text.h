// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON text as the plain text of a cell.
#pragma once

#include <string>
#include <string_view>

namespace penstock::sinks {

/// A string decoded, null as nothing, anything else as it stands. The answer lies in `json` or in
/// `scratch`. REQUIRES: JSON text.
[[nodiscard]] std::string_view plain_text(std::string_view json, std::string& scratch);

}  // namespace penstock::sinks
