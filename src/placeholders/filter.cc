// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Filters. Case is that of ASCII alone: the same text gives the same name under every locale.
#include "placeholders/filter.h"

#include "core/edit_distance.h"
#include "core/fingerprint.h"
#include "core/json_text.h"
#include "core/utf8.h"
#include "placeholders/place.h"
#include "placeholders/slug.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace penstock::placeholders {
namespace {

enum class Argument : std::uint8_t { none, number, optional_number, text };

struct Known {
  std::string_view name;
  FilterName filter;
  Argument argument;
  std::size_t number;  // Of an optional argument that is left out.
  std::size_t least;
  std::size_t most;
};

constexpr std::size_t kPadMax = 1000;
constexpr std::size_t kTruncateMax = 1'000'000'000;

constexpr std::array<Known, 15> kKnown{{
    {"basename", FilterName::basename, Argument::none, 0, 0, 0},
    {"default", FilterName::default_text, Argument::text, 0, 0, 0},
    {"dirname", FilterName::dirname, Argument::none, 0, 0, 0},
    {"ext", FilterName::ext, Argument::none, 0, 0, 0},
    {"hash", FilterName::hash, Argument::optional_number, 16, 1, 32},
    {"host", FilterName::host, Argument::none, 0, 0, 0},
    {"json", FilterName::json, Argument::none, 0, 0, 0},
    {"lower", FilterName::lower, Argument::none, 0, 0, 0},
    {"pad", FilterName::pad, Argument::number, 0, 1, kPadMax},
    {"slug", FilterName::slug, Argument::optional_number, kSlugBytesMax, 24, 200},
    {"stem", FilterName::stem, Argument::none, 0, 0, 0},
    {"trim", FilterName::trim, Argument::none, 0, 0, 0},
    {"truncate", FilterName::truncate, Argument::number, 0, 1, kTruncateMax},
    {"upper", FilterName::upper, Argument::none, 0, 0, 0},
    {"urlencode", FilterName::urlencode, Argument::none, 0, 0, 0},
}};

Error wrong(std::string message) { return {Errc::invalid, std::move(message), "job.placeholder"}; }

Error unknown(std::string_view name) {
  const std::string_view meant = nearest_word(name, filter_names());
  std::string message = "unknown filter \"" + std::string(name) + "\"";
  if (!meant.empty()) message += ", did you mean \"" + std::string(meant) + "\"?";
  return wrong(std::move(message));
}

Result<std::size_t> parse_number(const Known& known, std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      number < known.least || number > known.most) {
    return wrong("filter \"" + std::string(known.name) + "\" takes a number from " +
                 std::to_string(known.least) + " to " + std::to_string(known.most) + ", as in " +
                 std::string(known.name) + ":" +
                 std::to_string(std::max(known.least, known.number)));
  }
  return number;
}

std::string_view basename(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return path == "/" ? path : path.substr(path.rfind('/') + 1);
}

std::string_view dirname(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  while (slash > 0 && path[slash - 1] == '/') --slash;
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Where the extension's dot is: not the dot that begins a hidden file's name.
std::size_t extension_dot(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::size_t first = name.find_first_not_of('.');
  return dot == std::string_view::npos || dot < first ? name.size() : dot;
}

std::string_view extension(std::string_view path) {
  const std::string_view name = basename(path);
  const std::size_t dot = extension_dot(name);
  return dot == name.size() ? std::string_view() : name.substr(dot + 1);
}

std::string_view stem(std::string_view path) {
  const std::string_view name = basename(path);
  return name.substr(0, extension_dot(name));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string cased(std::string_view text, char first, char last, int change) {
  std::string out(text);
  for (char& c : out) {
    if (c >= first && c <= last) c = static_cast<char>(c + change);
  }
  return out;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count-- > 0) at += utf8::decode(text, at).bytes;
  return text.substr(0, at);
}

// Zeros on the left, behind a sign.
std::string padded(std::string_view text, std::size_t width) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) at += utf8::decode(text, at).bytes;
  std::string out(text);
  const bool is_signed = !text.empty() && (text.front() == '-' || text.front() == '+');
  if (characters < width) out.insert(is_signed ? 1 : 0, width - characters, '0');
  return out;
}

// Source: RFC 3986, section 3.2. User and port are left out.
Result<std::string> host_of(std::string_view url) {
  const std::size_t colons = url.find("://");
  const bool is_url = colons != std::string_view::npos && colons > 0;
  std::string_view authority = is_url ? url.substr(colons + 3) : std::string_view();
  authority = authority.substr(0, authority.find_first_of("/?#\\"));
  authority.remove_prefix(authority.rfind('@') + 1);
  const std::size_t bracket = authority.rfind(']');
  const std::size_t host_end = bracket == std::string_view::npos ? 0 : bracket;
  authority = authority.substr(0, authority.find(':', host_end));
  if (authority.empty()) return Error{Errc::invalid, "not a URL with a host", "url.syntax"};
  return cased(authority, 'A', 'Z', 'a' - 'A');
}

}  // namespace

Result<Filter> parse_filter(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view name = text.substr(0, colon);
  const bool has_argument = colon < text.size();
  const std::string_view argument = has_argument ? text.substr(colon + 1) : std::string_view();
  const auto known = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const Known& candidate) { return candidate.name == name; });
  if (known == kKnown.end()) return unknown(name);
  Filter filter{known->filter, known->number, {}};
  if (known->argument == Argument::none && has_argument) {
    return wrong("filter \"" + std::string(name) + "\" takes no argument");
  }
  if (known->argument == Argument::text) {
    if (!has_argument) return wrong("filter \"default\" takes a text, as in default:none");
    filter.text = argument;
  }
  if (known->argument == Argument::number ||
      (known->argument == Argument::optional_number && has_argument)) {
    PENSTOCK_TRY(number, parse_number(*known, argument));
    filter.number = number;
  }
  return filter;
}

Result<std::string> apply_filter(const Filter& filter, std::string_view text) {
  switch (filter.name) {
    case FilterName::basename:
      return std::string(basename(text));
    case FilterName::default_text:
      return filter.text;
    case FilterName::dirname:
      return std::string(dirname(text));
    case FilterName::ext:
      return std::string(extension(text));
    case FilterName::hash:
      return to_hex(fingerprint(text)).substr(0, filter.number);
    case FilterName::host:
      return host_of(text);
    case FilterName::json:
      return json::quoted(text);
    case FilterName::lower:
      return cased(text, 'A', 'Z', 'a' - 'A');
    case FilterName::pad:
      return padded(text, filter.number);
    case FilterName::slug:
      return slug(text, filter.number);
    case FilterName::stem:
      return std::string(stem(text));
    case FilterName::trim:
      return std::string(trimmed(text));
    case FilterName::truncate:
      return std::string(first_characters(text, filter.number));
    case FilterName::upper:
      return cased(text, 'a', 'z', 'A' - 'a');
    case FilterName::urlencode:
      return percent_encoded(text);
  }
  return std::string(text);
}

const std::vector<std::string>& filter_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Known& known : kKnown) all.emplace_back(known.name);
    return all;
  }();
  return names;
}

}  // namespace penstock::placeholders
