// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One value of a job file with the place where it stands. A plain tree that knows no file format:
// job/ makes it from TOML, tests make it by hand. It never interprets what it holds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::catalog {

/// Line and column from 1; 0 where there is none (an option of the command line).
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const Place&, const Place&) = default;
  friend auto operator<=>(const Place&, const Place&) = default;
};

enum class SettingKind : std::uint8_t { text, whole, number, boolean, date, array, table };

/// The kind for a message: "a string", "a whole number".
std::string_view to_string(SettingKind kind) noexcept;

struct SettingEntry;

struct Setting {
  SettingKind kind = SettingKind::table;
  Place at;
  std::string text;                   ///< text; a date as it was written.
  std::int64_t whole = 0;             ///< whole.
  double number = 0;                  ///< number, and whole.
  bool boolean = false;               ///< boolean.
  std::vector<Setting> elements;      ///< array.
  std::vector<SettingEntry> entries;  ///< table, in the order of the file.

  /// The value of a key, or null. REQUIRES: nothing; a value that is no table has no keys.
  const Setting* find(std::string_view key) const noexcept;
};

struct SettingEntry {
  std::string key;
  Place at;  ///< Of the key.
  Setting value;
};

}  // namespace penstock::catalog
