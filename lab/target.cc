// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Decoding is lenient: a '%' without two hexadecimal digits stands for itself.
#include "target.h"

#include <algorithm>

namespace penstock::lab {
namespace {

enum class Plus { as_is, is_space };

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int hex_pair(std::string_view text) noexcept {
  if (text.size() < 2) return -1;
  const int high = hex_digit(text[0]);
  const int low = hex_digit(text[1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int pair = text[i] == '%' ? hex_pair(text.substr(i + 1)) : -1;
    if (pair >= 0) {
      out.push_back(static_cast<char>(pair));
      i += 2;
    } else {
      out.push_back(text[i] == '+' && plus == Plus::is_space ? ' ' : text[i]);
    }
  }
  return out;
}

std::string_view without_origin(std::string_view raw) {
  const auto scheme = raw.find("://");
  if (raw.empty() || raw.front() == '/' || scheme == std::string_view::npos) return raw;
  const auto slash = raw.find('/', scheme + 3);
  return slash == std::string_view::npos ? std::string_view("/") : raw.substr(slash);
}

bool is_unreserved(char c) noexcept {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

const std::string* Target::find(std::string_view name) const noexcept {
  const auto found = std::find_if(params.rbegin(), params.rend(),
                                  [&](const Param& param) { return param.name == name; });
  return found == params.rend() ? nullptr : &found->value;
}

Target parse_target(std::string_view raw) {
  const auto local = without_origin(raw);
  const auto mark = local.find('?');
  Target target{std::string(local), decode(local.substr(0, mark), Plus::as_is), {}};
  if (mark != std::string_view::npos) target.params = parse_params(local.substr(mark + 1));
  return target;
}

std::vector<Param> parse_params(std::string_view query) {
  std::vector<Param> params;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view();
    if (!pair.empty()) {
      params.push_back(
          {decode(pair.substr(0, equals), Plus::is_space), decode(value, Plus::is_space)});
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return params;
}

std::string with_param(const Target& target, std::string_view name, std::string_view value) {
  std::string out = target.raw.substr(0, target.raw.find('?'));
  char separator = '?';
  const auto add = [&](std::string_view key, std::string_view text) {
    out.push_back(separator);
    out.append(percent_encode(key));
    if (!text.empty()) out.append("=").append(percent_encode(text, ":/,"));
    separator = '&';
  };
  bool placed = false;
  for (const auto& param : target.params) {
    const bool same = param.name == name;
    if (same && placed) continue;
    add(param.name, same ? value : param.value);
    placed = placed || same;
  }
  if (!placed) add(name, value);
  return out;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || keep.find(c) != std::string_view::npos) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.push_back('%');
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

}  // namespace penstock::lab
