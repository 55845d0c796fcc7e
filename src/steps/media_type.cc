// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A small reader of Content-Type, and the beginnings that give HTML away.
#include "steps/media_type.h"

#include <algorithm>

#include "steps/ascii.h"

namespace penstock::steps {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// The part up to the next semicolon that is not in quotes; `rest` becomes what follows.
std::string_view next_part(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ';'); ++end) {
    if (rest[end] == '"') quoted = !quoted;
  }
  const std::string_view part = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(rest.size(), end + 1));
  return part;
}

/// One slash between two tokens; what else a stranger writes there is no type.
bool is_type(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~/";
  const bool has_only_tokens = std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  });
  return has_only_tokens && std::count(text.begin(), text.end(), '/') == 1;
}

}  // namespace

bool MediaType::is_html() const noexcept {
  return type == "text/html" || type == "application/xhtml+xml";
}

bool MediaType::is_json() const noexcept {
  return type == "application/json" || type == "text/json" || type.ends_with("+json");
}

bool MediaType::is_text() const noexcept {
  return type.starts_with("text/") || is_json() || type == "application/xml" ||
         type.ends_with("+xml") || type == "application/javascript" ||
         type == "application/x-ndjson";
}

MediaType parse_media_type(std::string_view header) {
  MediaType media;
  const std::string_view type = next_part(header);
  if (!is_type(type)) return media;
  media.type = ascii_lower(type);
  while (!header.empty() && media.charset.empty()) {
    const std::string_view parameter = next_part(header);
    const std::size_t equals = parameter.find('=');
    if (equals == std::string_view::npos ||
        ascii_lower(trimmed(parameter.substr(0, equals))) != "charset")
      continue;
    std::string_view value = trimmed(parameter.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
      value = value.substr(1, value.size() - 2);
    }
    media.charset = ascii_lower(trimmed(value));
  }
  return media;
}

bool is_accepted(const MediaType& media, const std::vector<std::string>& accept) {
  if (accept.empty()) return true;
  const std::string_view type =
      media.type.empty() ? std::string_view("application/octet-stream") : media.type;
  const std::string_view group = type.substr(0, type.find('/') + 1);
  return std::any_of(accept.begin(), accept.end(), [&](std::string_view pattern) {
    if (pattern == "*/*" || pattern == "*") return true;
    if (pattern.ends_with("/*")) return pattern.substr(0, pattern.size() - 1) == group;
    return pattern == type;
  });
}

bool looks_like_html(std::string_view bytes) {
  constexpr std::size_t kLookedAtBytes = 1024;
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  const std::string head = ascii_lower(bytes.substr(0, kLookedAtBytes));
  std::string_view rest = head;
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  constexpr std::string_view kBeginnings[] = {
      "<!doctype html", "<html", "<head", "<body",  "<title", "<!--", "<script",
      "<style",         "<meta", "<div",  "<table", "<h1",    "<p>",  "<a "};
  return std::any_of(std::begin(kBeginnings), std::end(kBeginnings),
                     [&](std::string_view beginning) { return rest.starts_with(beginning); });
}

}  // namespace penstock::steps
