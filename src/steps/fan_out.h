// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What `each` makes of an answer in JSON, whoever gave it. Pure.
#pragma once

#include <penstock/error.h>
#include <penstock/executor.h>

#include <string>

#include "core/json.h"

namespace penstock::steps {

/// Done: the elements of the array that `pointer` names, and the answer without that array. An
/// element that is no object becomes `{"value": ...}`.
/// Errors: rejected: "each.missing", "each.type".
Result<ItemVerdict> fan_out(json::Node root, const std::string& pointer);

}  // namespace penstock::steps
