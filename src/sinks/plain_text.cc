// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// JSON text as the plain text of a cell.
#include "sinks/plain_text.h"

#include "sinks/members.h"

namespace penstock::sinks {

std::string_view plain_text(std::string_view json, std::string& scratch) {
  if (json == "null") return {};
  if (json.empty() || json.front() != '"') return json;
  if (is_plain_string(json)) return json.substr(1, json.size() - 2);
  scratch = unquoted(json);
  return scratch;
}

}  // namespace penstock::sinks
