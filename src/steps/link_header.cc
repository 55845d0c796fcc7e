// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// `<target>; param; param="quoted, and ; so on", <target> ...`, read from the left.
#include "steps/link_header.h"

#include <algorithm>

#include "steps/ascii.h"

namespace penstock::steps {
namespace {

constexpr std::string_view kBlanks = " \t";

void skip_blanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
}

/// One parameter's value: quoted or up to a delimiter.
std::string take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find_first_of(";, \t"), rest.size());
    value = rest.substr(0, end);
    rest.remove_prefix(end);
    return value;
  }
  rest.remove_prefix(1);
  while (!rest.empty() && rest[0] != '"') {
    if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
    value += rest[0];
    rest.remove_prefix(1);
  }
  if (!rest.empty()) rest.remove_prefix(1);
  return value;
}

/// A relation is a list of words: rel="next last".
bool names_next(std::string_view relations) {
  while (!relations.empty()) {
    skip_blanks(relations);
    const std::size_t end = std::min(relations.find_first_of(kBlanks), relations.size());
    if (ascii_lower(relations.substr(0, end)) == "next") return true;
    relations.remove_prefix(end);
  }
  return false;
}

/// The parameters of one link, up to the comma after them.
bool take_parameters(std::string_view& rest) {
  bool is_next = false;
  bool rel_seen = false;  // Only the first one counts.
  for (skip_blanks(rest); rest.starts_with(';'); skip_blanks(rest)) {
    rest.remove_prefix(1);
    skip_blanks(rest);
    const std::size_t end = std::min(rest.find_first_of("=;, \t"), rest.size());
    const std::string name = ascii_lower(rest.substr(0, end));
    rest.remove_prefix(end);
    skip_blanks(rest);
    if (!rest.starts_with('=')) continue;
    rest.remove_prefix(1);
    skip_blanks(rest);
    const std::string value = take_value(rest);
    if (name != "rel" || rel_seen) continue;
    rel_seen = true;
    is_next = names_next(value);
  }
  return is_next;
}

}  // namespace

std::optional<std::string> next_link(std::string_view rest) {
  while (!rest.empty()) {
    const std::size_t open = rest.find('<');
    const std::size_t close = rest.find('>', std::min(open, rest.size()));
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view target = rest.substr(open + 1, close - open - 1);
    rest.remove_prefix(close + 1);
    if (take_parameters(rest)) return std::string(target);
  }
  return std::nullopt;
}

}  // namespace penstock::steps
