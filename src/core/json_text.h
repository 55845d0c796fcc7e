// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Writing JSON text. What goes out is valid UTF-8 whatever came in; nothing is ever pretty-printed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::json {

/// Append `text` as a JSON string with its quotes. Each invalid byte sequence becomes U+FFFD.
void quote(std::string_view text, std::string& out);

/// As quote(), without the quotes: for text that goes into a string that is already open.
void escape(std::string_view text, std::string& out);

/// As escape(), for text that is known to be UTF-8: some gigabytes a second.
/// REQUIRES: utf8::is_valid(text).
void escape_valid(std::string_view text, std::string& out);

/// As quote(), as a string of its own.
[[nodiscard]] std::string quoted(std::string_view text);

/// Appends one object to a string, member by member. Calls must match: (member*)close.
///
///     ObjectWriter row(out);
///     row.string("term", term).integer("rank", 3).raw("parent", parent_json).close();
///
/// Names are not checked for repetition: the writer's caller knows them.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out);
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;

  /// REQUIRES: `json` is JSON text.
  ObjectWriter& raw(std::string_view name, std::string_view json);
  ObjectWriter& string(std::string_view name, std::string_view text);
  ObjectWriter& integer(std::string_view name, std::int64_t number);
  ObjectWriter& unsigned_integer(std::string_view name, std::uint64_t number);

  /// The shortest text that reads back as the same number; null if it is not finite.
  ObjectWriter& number(std::string_view name, double number);
  ObjectWriter& boolean(std::string_view name, bool truth);
  ObjectWriter& null(std::string_view name);
  void close();

 private:
  void begin_member(std::string_view name);

  std::string& out_;
  bool first_ = true;
};

}  // namespace penstock::json
