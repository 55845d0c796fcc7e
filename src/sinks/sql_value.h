// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON values as SQLite keeps them, with nothing lost: what has no type of its own stays text.
#pragma once

#include <string_view>

#include "sinks/database.h"

namespace penstock::sinks {

/// Bind a JSON text:
///
///     "text"          TEXT, decoded
///     12              INTEGER; beyond 64 bits TEXT with all digits
///     1.5             REAL; TEXT if it has more than the 15 digits that a REAL keeps
///     true, false     1, 0
///     null            NULL
///     [1], {"a":1}    TEXT, the JSON
void bind_json(Statement& statement, int place, std::string_view json);

}  // namespace penstock::sinks
