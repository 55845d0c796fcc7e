// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The fields of an item as one flat list: its own, then its parent's, its parent's parent's, and so
// on; of equal names the nearest. It parses nothing.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace penstock::sinks {

/// Whether an item's member `parent` is its parent's value, or a field that has this name.
enum class Ancestry : std::uint8_t { none, has_parent };

/// Borrows from the text that it was read from.
class FieldList {
 public:
  struct Field {
    std::string_view name;  ///< Decoded.
    std::string_view json;
    std::size_t level;  ///< 0: its own; 1: its parent's.
  };

  /// Replace what is in the list by the fields of `value`, an object in JSON text.
  /// False if it is none.
  bool read(std::string_view value, Ancestry ancestry);

  const std::vector<Field>& fields() const noexcept { return fields_; }

  /// Null if there is no such field.
  const Field* find(std::string_view name) const;

 private:
  std::string_view decoded(std::string_view name);
  void add(std::string_view name, std::string_view json, std::size_t level);

  std::vector<Field> fields_;
  std::unordered_map<std::string_view, std::size_t> places_;  // Of names, if there are many.
  std::deque<std::string> names_;                             // Those that had escapes.
};

}  // namespace penstock::sinks
