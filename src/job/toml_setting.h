// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// TOML text to the plain tree of catalog/setting.h. The one place that knows the TOML library.
#pragma once

#include <optional>
#include <string_view>

#include "catalog/problems.h"
#include "catalog/setting.h"

namespace penstock::job {

/// The tree of a TOML document, or nothing and one problem that says where it breaks.
///
/// Tables keep the order of the file. Nesting beyond 64 levels is refused.
std::optional<catalog::Setting> parse_toml(std::string_view text, catalog::Problems& problems);

}  // namespace penstock::job
