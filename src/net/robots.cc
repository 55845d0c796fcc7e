// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A line reader with three states (no group, agents, rules) and a linear wildcard match.
#include "net/robots.h"

#include <algorithm>
#include <utility>

namespace penstock::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// The product token of an agent line: letters, `-` and `_` up to the first other byte.
std::string_view product_of(std::string_view agent) {
  const auto is_token = [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '_';
  };
  return agent.substr(0, std::find_if_not(agent.begin(), agent.end(), is_token) - agent.begin());
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}

bool is_unreserved(unsigned char c) {
  return (lower(static_cast<char>(c)) >= 'a' && lower(static_cast<char>(c)) <= 'z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

/// One spelling for each byte: unreserved ones plain, others as they stand, encoded in upper case.
std::string normal_escapes(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  const auto encode = [&](unsigned char byte) {
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool escaped = byte == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                         hex_value(text[i + 2]) >= 0;
    if (escaped) {
      const auto decoded =
          static_cast<unsigned char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      is_unreserved(decoded) ? void(out += static_cast<char>(decoded)) : encode(decoded);
      i += 2;
    } else if (byte >= 0x80 || byte <= 0x20) {
      encode(byte);
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Leftmost match of each literal between two stars is enough: an earlier one never hurts.
bool matches(std::string_view pattern, std::string_view target) {
  const bool anchored = !pattern.empty() && pattern.back() == '$';
  if (anchored) pattern.remove_suffix(1);
  bool first = true;
  for (;;) {
    const std::size_t star = pattern.find('*');
    const std::string_view literal = pattern.substr(0, star);
    const bool last = star == std::string_view::npos;
    if (last && anchored && !first) return target.ends_with(literal);
    const std::size_t at =
        first ? (target.starts_with(literal) ? 0 : std::string_view::npos) : target.find(literal);
    if (at == std::string_view::npos) return false;
    target.remove_prefix(at + literal.size());
    if (last) return !anchored || target.empty();
    pattern.remove_prefix(star + 1);
    first = false;
  }
}

/// The rules read so far, for us and for everybody, and where the reader is.
struct Groups {
  std::string_view product;
  std::vector<RobotsRule> ours;
  std::vector<RobotsRule> everybody;
  bool named_us = false;      // Some group names us, so that of everybody does not count.
  bool in_ours = false;       // The current group names us.
  bool in_everybody = false;  // The current group names everybody.
  bool in_agents = false;     // The last line named an agent: the next one joins its group.
};

void read_agent(std::string_view agent, Groups& groups) {
  if (!std::exchange(groups.in_agents, true)) groups.in_ours = groups.in_everybody = false;
  const bool names_us = same_word(product_of(agent), groups.product);
  groups.in_ours = groups.in_ours || names_us;
  groups.named_us = groups.named_us || names_us;
  groups.in_everybody = groups.in_everybody || agent == "*";
}

void read_line(std::string_view line, Groups& groups) {
  line = line.substr(0, line.find('#'));
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = trimmed(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same_word(name, "user-agent")) return read_agent(value, groups);

  const bool allow = same_word(name, "allow");
  if (!allow && !same_word(name, "disallow")) return;
  groups.in_agents = false;
  if (value.empty()) return;  // An empty rule matches nothing.
  const auto add = [&](std::vector<RobotsRule>& rules) {
    if (rules.size() < kRobotsRulesMax) rules.push_back({normal_escapes(value), allow});
  };
  if (groups.in_ours) add(groups.ours);
  if (groups.in_everybody) add(groups.everybody);
}

/// What counts of a file: a rule that the limit cuts in two would be another rule.
std::string_view whole_lines(std::string_view text) {
  if (text.size() <= kRobotsBytesMax) return text;
  return text.substr(0, text.find_last_of("\r\n", kRobotsBytesMax) + 1);
}

}  // namespace

Robots Robots::parse(std::string_view text, std::string_view product) {
  Groups groups{.product = product};
  text = whole_lines(text);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    read_line(text.substr(0, end), groups);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  Robots robots;
  robots.rules_ = std::move(groups.named_us ? groups.ours : groups.everybody);
  return robots;
}

Robots Robots::refuse_all() {
  Robots robots;
  robots.rules_.push_back({"/", false});
  return robots;
}

bool Robots::allows(std::string_view target) const {
  const std::string path = normal_escapes(target.substr(0, kRobotsTargetBytesMax));
  if (path == "/robots.txt") return true;
  std::size_t longest = 0;
  bool allowed = true;
  for (const RobotsRule& rule : rules_) {
    const bool decides =
        rule.pattern.size() > longest || (rule.pattern.size() == longest && rule.allow && !allowed);
    if (!decides || !matches(rule.pattern, path)) continue;
    longest = rule.pattern.size();
    allowed = rule.allow;
  }
  return allowed;
}

}  // namespace penstock::net
