// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Header storage: one buffer, three offsets a header.
#include <algorithm>

#include "net/http_message.h"

namespace penstock::net {
namespace {

constexpr std::size_t kUsualBytes = 500;
constexpr std::size_t kUsualCount = 16;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

void HeaderList::add(std::string_view name, std::string_view value) {
  // Room for a usual answer at once, instead of doubling ten times.
  if (fields_.empty()) {
    text_.reserve(kUsualBytes);
    fields_.reserve(kUsualCount);
  }
  const auto name_begin = static_cast<std::uint32_t>(text_.size());
  text_.append(name);
  std::transform(text_.begin() + name_begin, text_.end(), text_.begin() + name_begin, lower);
  const auto value_begin = static_cast<std::uint32_t>(text_.size());
  text_.append(value);
  fields_.push_back({name_begin, value_begin, static_cast<std::uint32_t>(text_.size())});
}

std::optional<std::string_view> HeaderList::find(std::string_view wanted) const noexcept {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (name(i) == wanted) return value(i);
  }
  return std::nullopt;
}

std::string_view HeaderList::name(std::size_t index) const noexcept {
  const Field& field = fields_[index];
  return std::string_view(text_).substr(field.name_begin, field.value_begin - field.name_begin);
}

std::string_view HeaderList::value(std::size_t index) const noexcept {
  const Field& field = fields_[index];
  return std::string_view(text_).substr(field.value_begin, field.value_end - field.value_begin);
}

void HeaderList::clear() noexcept {
  text_.clear();
  fields_.clear();
}

}  // namespace penstock::net
