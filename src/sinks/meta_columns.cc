// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The columns that every record has.
#include "sinks/meta_columns.h"

#include <algorithm>

#include "core/json_text.h"

namespace penstock::sinks {
namespace {

void append_text_or_null(std::string_view text, std::string& out) {
  if (text.empty()) {
    out += "null";
  } else {
    json::quote(text, out);
  }
}

}  // namespace

bool is_meta(std::string_view name) {
  return std::find(kMetaNames.begin(), kMetaNames.end(), name) != kMetaNames.end();
}

void append_meta(const Record& record, std::string_view name, std::string& out) {
  if (name == "key") {
    json::quote(record.key, out);
  } else if (name == "parent") {
    append_text_or_null(record.parent_key, out);
  } else if (name == "status") {
    json::quote(to_string(record.status), out);
  } else if (name == "kind") {
    append_text_or_null(record.kind, out);
  } else if (name == "error") {
    append_text_or_null(record.error, out);
  } else {
    out += std::to_string(record.attempts);
  }
}

}  // namespace penstock::sinks
