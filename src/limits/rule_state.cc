// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// See rule_state.h.
#include "limits/rule_state.h"

#include <penstock/limit.h>

#include <algorithm>
#include <charconv>

namespace penstock::limits {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::size_t kTextBytesMax = 1U << 20U;

/// Both clocks read at one instant, and the way between them.
struct Clocks {
  TimePoint now;
  WallTime wall;

  std::int64_t to_text(TimePoint t) const {
    const auto at = wall.time_since_epoch() + (t - now);
    return std::chrono::ceil<std::chrono::microseconds>(at).count();
  }

  /// Never later than `ahead_max` from now, never so early that arithmetic could overflow.
  TimePoint from_text(std::int64_t us, Duration ahead_max) const {
    const auto here =
        std::chrono::floor<std::chrono::microseconds>(wall.time_since_epoch()).count();
    constexpr std::int64_t kYearUs = std::int64_t{366} * 24 * 3600 * 1'000'000;
    if (us < here - kYearUs) return kLongAgo;
    if (us > here + kYearUs) return now + ahead_max;
    return now + std::min<Duration>(std::chrono::microseconds(us - here), ahead_max);
  }
};

std::optional<std::int64_t> read_number(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < 0) return std::nullopt;
  return value;
}

/// So many that a note full of them does not overflow a sum.
std::optional<std::int64_t> read_count(std::string_view text) {
  constexpr std::int64_t kCountMax = 1'000'000'000'000;
  const auto count = read_number(text);
  return count && *count <= kCountMax ? count : std::nullopt;
}

/// What stands before the first `mark`; `text` keeps what stands after it.
std::string_view cut(std::string_view& text, char mark) {
  const std::size_t at = std::min(text.find(mark), text.size());
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return head;
}

std::vector<WindowLog::Run> merged(const std::vector<WindowLog::Run>& runs, std::size_t runs_max) {
  std::vector<WindowLog::Run> merged;
  if (runs.empty()) return merged;
  const std::size_t group = (runs.size() - 1) / runs_max + 1;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i % group == 0) merged.push_back(WindowLog::Run{runs[i].end, 0});
    merged.back().end = runs[i].end;
    merged.back().count += runs[i].count;
  }
  return merged;
}

std::string encode_rule(const RuleState& rule, const Clocks& clocks, std::size_t runs_max) {
  const bool is_paced = rule.full_at > kLongAgo;
  std::string text = " rate=" + std::to_string(rule.window.count()) + "," +
                     std::to_string(rule.reserved) + "," +
                     std::to_string(is_paced ? clocks.to_text(rule.full_at) : 0);
  for (const WindowLog::Run& run : merged(rule.runs, runs_max)) {
    text += "," + std::to_string(clocks.to_text(run.end)) + ":" + std::to_string(run.count);
  }
  return text;
}

std::optional<RuleState> decode_rule(std::string_view text, const Clocks& clocks) {
  const auto window = read_number(cut(text, ','));
  const auto reserved = read_count(cut(text, ','));
  const auto full_at = read_number(cut(text, ','));
  if (!window || !reserved || !full_at) return std::nullopt;
  RuleState rule{.window = Duration(*window), .reserved = *reserved};
  if (*full_at > 0) rule.full_at = clocks.from_text(*full_at, kHintWaitMax);
  while (!text.empty()) {
    std::string_view run = cut(text, ',');
    const auto end = read_number(cut(run, ':'));
    const auto count = read_count(run);
    if (!end || !count) return std::nullopt;
    rule.runs.push_back(WindowLog::Run{clocks.from_text(*end, kGrantAhead), *count});
  }
  return rule;
}

bool decode_field(std::string_view field, const Clocks& clocks, KeyState& state) {
  const std::string_view name = cut(field, '=');
  if (name == "rate") {
    auto rule = decode_rule(field, clocks);
    if (rule) state.rules.push_back(std::move(*rule));
    return rule.has_value();
  }
  const auto at = read_number(field);
  if (!at) return false;
  if (name == "pause") state.paused_until = clocks.from_text(*at, kHintWaitMax);
  if (name == "start") state.last_start = clocks.from_text(*at, Duration(0));
  return name == "pause" || name == "start";
}

}  // namespace

std::string encode_state(const KeyState& state, TimePoint now, WallTime wall,
                         std::size_t runs_max) {
  const Clocks clocks{now, wall};
  std::string text(kVersion);
  if (state.paused_until > now)
    text += " pause=" + std::to_string(clocks.to_text(state.paused_until));
  if (state.last_start > kLongAgo)
    text += " start=" + std::to_string(clocks.to_text(state.last_start));
  for (const RuleState& rule : state.rules) text += encode_rule(rule, clocks, runs_max);
  return text;
}

std::optional<KeyState> decode_state(std::string_view text, TimePoint now, WallTime wall) {
  if (text.size() > kTextBytesMax || cut(text, ' ') != kVersion) return std::nullopt;
  const Clocks clocks{now, wall};
  KeyState state;
  while (!text.empty()) {
    if (!decode_field(cut(text, ' '), clocks, state)) return std::nullopt;
  }
  return state;
}

}  // namespace penstock::limits
