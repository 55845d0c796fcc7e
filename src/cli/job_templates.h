// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The job files that `penstock init` writes: the texts of examples/*.toml, built in.
#pragma once

#include <string_view>

namespace penstock::cli {

/// The text of "pages", "books", "trials" or "files"; empty for any other name.
std::string_view job_template(std::string_view name) noexcept;

}  // namespace penstock::cli
