// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Reads the keys of one table and says what is wrong with them. The keys that were asked for are
// the known ones: there is no second list that could differ.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/problems.h"
#include "catalog/setting.h"

namespace penstock::catalog {

/// Every reading function returns nothing if the key is absent, and also, having noted a problem,
/// if its value is not what was asked for.
///
/// Calls: (read* done)  -- done() reports the keys that nobody asked for.
/// Threads: owner only. REQUIRES: the table and the problems outlive the reader.
class SettingReader {
 public:
  /// `path` names the table in messages: "limit.search"; empty for the top of the file.
  SettingReader(const Setting& table, std::string path, Problems& problems);

  /// The value as it is. Marks the key as known.
  const Setting* any(std::string_view key);

  std::optional<std::string> text(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> whole(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<double> number(std::string_view key, double min, double max);

  /// "30s", "1.5s", "250ms", "2m", "1h", "1d"; a bare number would hide its unit and is refused.
  std::optional<std::chrono::nanoseconds> duration(std::string_view key);

  /// 65536, "64KiB", "10MB".
  std::optional<std::uint64_t> bytes(std::string_view key);

  /// One of a few words; the message lists them and names the nearest.
  std::optional<std::size_t> choice(std::string_view key,
                                    std::initializer_list<std::string_view> words);

  /// A string or a list of strings.
  std::optional<std::vector<std::string>> texts(std::string_view key);

  /// A table of strings, numbers and booleans as (name, text), in the order of the file.
  std::optional<std::vector<std::pair<std::string, std::string>>> pairs(std::string_view key);

  /// A table, or null.
  const Setting* table(std::string_view key);

  /// Note a problem at the value of a key (or at the table if the key is absent).
  void problem(std::string_view key, std::string message);
  void warn(std::string_view key, std::string message);

  /// "limit.search" + "rate".
  std::string path_of(std::string_view key) const;
  Place place_of(std::string_view key) const noexcept;
  const std::string& path() const noexcept { return path_; }
  const Setting& tree() const noexcept { return table_; }
  Problems& problems() noexcept { return problems_; }

  /// Every key that was not asked for is unknown; the nearest known one is named.
  void done();

 private:
  const Setting* of_kind(std::string_view key, SettingKind kind);
  void mismatch(std::string_view key, std::string_view expected, const Setting& found);

  const Setting& table_;
  std::string path_;
  Problems& problems_;
  std::vector<std::string> known_;
};

/// `; did you mean "rate"?`, or nothing if no candidate is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace penstock::catalog
