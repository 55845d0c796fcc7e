// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One shape for every kind of key: look, mark as known, check the kind, note what is wrong.
#include "catalog/setting_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/byte_size.h"
#include "core/edit_distance.h"
#include "limits/limit_text.h"

namespace penstock::catalog {
namespace {

/// A value short enough for a message: `"fast"`, `30`, `a list`.
std::string shown(const Setting& value) {
  switch (value.kind) {
    case SettingKind::text:
      return fmt::format("\"{}\"", value.text.substr(0, 40));
    case SettingKind::whole:
      return fmt::format("{}", value.whole);
    case SettingKind::number:
      return fmt::format("{}", value.number);
    case SettingKind::boolean:
      return value.boolean ? "true" : "false";
    default:
      return std::string(to_string(value.kind));
  }
}

std::optional<std::string> scalar_text(const Setting& value) {
  switch (value.kind) {
    case SettingKind::text:
      return value.text;
    case SettingKind::whole:
    case SettingKind::number:
    case SettingKind::boolean:
      return shown(value);
    default:
      return std::nullopt;
  }
}

}  // namespace

SettingReader::SettingReader(const Setting& table, std::string path, Problems& problems)
    : table_(table), path_(std::move(path)), problems_(problems) {}

const Setting* SettingReader::any(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return table_.find(key);
}

std::string SettingReader::path_of(std::string_view key) const {
  if (key.empty()) return path_;
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

Place SettingReader::place_of(std::string_view key) const noexcept {
  const Setting* value = table_.find(key);
  return value != nullptr ? value->at : table_.at;
}

void SettingReader::problem(std::string_view key, std::string message) {
  problems_.error(place_of(key), path_of(key), std::move(message));
}

void SettingReader::warn(std::string_view key, std::string message) {
  problems_.warning(place_of(key), path_of(key), std::move(message));
}

void SettingReader::mismatch(std::string_view key, std::string_view expected,
                             const Setting& found) {
  problem(key, fmt::format("expected {}, found {}", expected, shown(found)));
}

const Setting* SettingReader::of_kind(std::string_view key, SettingKind kind) {
  const Setting* value = any(key);
  if (value == nullptr || value->kind == kind) return value;
  mismatch(key, to_string(kind), *value);
  return nullptr;
}

std::optional<std::string> SettingReader::text(std::string_view key) {
  const Setting* value = of_kind(key, SettingKind::text);
  if (value == nullptr) return std::nullopt;
  return value->text;
}

std::optional<bool> SettingReader::boolean(std::string_view key) {
  const Setting* value = of_kind(key, SettingKind::boolean);
  if (value == nullptr) return std::nullopt;
  return value->boolean;
}

const Setting* SettingReader::table(std::string_view key) {
  return of_kind(key, SettingKind::table);
}

std::optional<std::int64_t> SettingReader::whole(std::string_view key, std::int64_t min,
                                                 std::int64_t max) {
  const Setting* value = any(key);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->kind == SettingKind::whole && value->whole >= min && value->whole <= max;
  if (fits) return value->whole;
  mismatch(key, fmt::format("a whole number from {} to {}", min, max), *value);
  return std::nullopt;
}

std::optional<double> SettingReader::number(std::string_view key, double min, double max) {
  const Setting* value = any(key);
  if (value == nullptr) return std::nullopt;
  const bool is_number = value->kind == SettingKind::whole || value->kind == SettingKind::number;
  // The comparison is false for NaN, which TOML can write.
  if (is_number && value->number >= min && value->number <= max) return value->number;
  mismatch(key, fmt::format("a number from {} to {}", min, max), *value);
  return std::nullopt;
}

std::optional<std::chrono::nanoseconds> SettingReader::duration(std::string_view key) {
  const Setting* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == SettingKind::text) {
    const Result<Duration> parsed = limits::parse_duration(value->text);
    if (parsed) return *parsed;
    problem(key, parsed.error().message);
    return std::nullopt;
  }
  mismatch(key, "a duration such as \"30s\", \"250ms\" or \"2m\"", *value);
  return std::nullopt;
}

std::optional<std::uint64_t> SettingReader::bytes(std::string_view key) {
  const Setting* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == SettingKind::whole && value->whole >= 0)
    return static_cast<std::uint64_t>(value->whole);
  if (value->kind == SettingKind::text)
    if (const auto parsed = parse_bytes(value->text)) return parsed;
  mismatch(key, "a size such as \"10MB\", \"64KiB\" or 65536", *value);
  return std::nullopt;
}

std::optional<std::size_t> SettingReader::choice(std::string_view key,
                                                 std::initializer_list<std::string_view> words) {
  const Setting* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == SettingKind::text) {
    const auto* found = std::find(words.begin(), words.end(), value->text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  std::vector<std::string> candidates(words.begin(), words.end());
  std::string listed;
  for (const std::string& word : candidates)
    listed += (listed.empty() ? "\"" : ", \"") + word + "\"";
  problem(key, fmt::format("expected one of {}, found {}{}", listed, shown(*value),
                           suggestion(value->text, candidates)));
  return std::nullopt;
}

std::optional<std::vector<std::string>> SettingReader::texts(std::string_view key) {
  const Setting* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind == SettingKind::text) return std::vector<std::string>{value->text};
  const bool all_text = value->kind == SettingKind::array &&
                        std::all_of(value->elements.begin(), value->elements.end(),
                                    [](const Setting& e) { return e.kind == SettingKind::text; });
  if (!all_text) {
    mismatch(key, "a string or a list of strings", *value);
    return std::nullopt;
  }
  std::vector<std::string> found;
  for (const Setting& element : value->elements) found.push_back(element.text);
  return found;
}

std::optional<std::vector<std::pair<std::string, std::string>>> SettingReader::pairs(
    std::string_view key) {
  const Setting* value = table(key);
  if (value == nullptr) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> found;
  for (const SettingEntry& entry : value->entries) {
    std::optional<std::string> text = scalar_text(entry.value);
    if (text) {
      found.emplace_back(entry.key, std::move(*text));
      continue;
    }
    problems_.error(entry.value.at, path_of(key) + "." + entry.key,
                    fmt::format("expected a string, found {}", shown(entry.value)));
  }
  return found;
}

void SettingReader::done() {
  for (const SettingEntry& entry : table_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    problems_.error(entry.at, path_of(entry.key), "unknown key" + suggestion(entry.key, known_));
  }
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string_view nearest = nearest_word(word, candidates);
  return nearest.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", nearest);
}

}  // namespace penstock::catalog
