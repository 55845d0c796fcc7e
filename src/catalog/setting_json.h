// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A value of a job file as JSON text: how request bodies are written in TOML.
#pragma once

#include <string>

#include "catalog/setting.h"

namespace penstock::catalog {

/// Compact JSON, members in the order of the file; dates become strings.
std::string to_json(const Setting& value);

}  // namespace penstock::catalog
