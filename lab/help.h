// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What --help prints.
#pragma once

#include <string>

namespace penstock::lab {

[[nodiscard]] std::string help_text();

}  // namespace penstock::lab
