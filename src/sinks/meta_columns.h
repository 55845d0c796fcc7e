// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The columns that every record has, whatever its item holds.
#pragma once

#include <penstock/sink.h>

#include <array>
#include <string>
#include <string_view>

namespace penstock::sinks {

/// In the order in which tables show them.
inline constexpr std::array<std::string_view, 6> kMetaNames = {"key",  "parent", "status",
                                                               "kind", "error",  "attempts"};

/// Whether no field may have this name in a table.
[[nodiscard]] bool is_meta(std::string_view name);

/// Append the JSON text of one of them: a text that is empty is null, but for the key.
/// REQUIRES: is_meta(name).
void append_meta(const Record& record, std::string_view name, std::string& out);

}  // namespace penstock::sinks
