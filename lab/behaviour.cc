// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The table of behaviours. A switch may be turned off again by the value 0, so that a query can
// undo what an option has set for all.
#include "behaviour.h"

#include <algorithm>
#include <array>

namespace penstock::lab {
namespace {

using Text = std::string_view;

template <typename T, typename Place>
Status store(Place& place, Result<T> parsed) {
  if (!parsed) return std::move(parsed.error());
  place = *parsed;
  return ok();
}

Result<bool> parse_switch(Text text) {
  if (text.empty() || text == "1" || text == "true") return true;
  if (text == "0" || text == "false") return false;
  return not_a("switch (nothing, 1 or 0)", text);
}

/// 1xx is no answer, and above 599 clients differ.
Result<int> parse_status(Text text) {
  PENSTOCK_TRY(number, parse_whole(text));
  if (number < 200 || number > 599) return not_a("status between 200 and 599", text);
  return static_cast<int>(number);
}

Result<int> parse_3xx(Text text) {
  PENSTOCK_TRY(number, parse_status(text));
  if (number / 100 != 3) return not_a("redirect status", text);
  return number;
}

/// Seconds may stand without a unit here, as they do in the header.
Result<Duration> parse_seconds(Text text) {
  const auto whole = parse_whole(text);
  return parse_duration(whole ? std::string(text) + "s" : std::string(text));
}

Result<Duration> parse_ms(Text text) {
  const auto whole = parse_whole(text);
  return parse_duration(whole ? std::string(text) + "ms" : std::string(text));
}

/// Refuses what would break the header apart.
Result<std::string> parse_header_text(Text text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' '; });
  if (!plain) return not_a("header value", "(control characters)");
  return std::string(text);
}

/// Everything that leaves the line one line, terminal escapes too.
Result<std::string> parse_reason(Text text) {
  const bool one_line = std::none_of(text.begin(), text.end(),
                                     [](char c) { return c == '\r' || c == '\n' || c == 0; });
  if (!one_line) return not_a("reason phrase", "(a line break)");
  return std::string(text);
}

bool is_fail_kind(Text kind) {
  constexpr std::array<Text, 5> kNamed{"reset", "truncate", "hang", "garbage", "drip"};
  if (std::find(kNamed.begin(), kNamed.end(), kind) != kNamed.end()) return true;
  const auto status = parse_status(kind);
  return status && *status >= 300;
}

Result<std::vector<std::string>> parse_kinds(Text text) {
  std::vector<std::string> kinds;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto kind = text.substr(begin, end - begin);
    if (!is_fail_kind(kind)) {
      return not_a("kind of failure (a status, reset, truncate, hang, garbage, drip)", kind);
    }
    kinds.emplace_back(kind);
    begin = end + 1;
  }
  return kinds;
}

/// Switching one breakage off leaves another alone.
Status set_breakage(Behaviour& b, Text text, Breakage breakage) {
  PENSTOCK_TRY(on, parse_switch(text));
  if (on) b.breakage = breakage;
  if (!on && b.breakage == breakage) b.breakage = Breakage::none;
  return ok();
}

Result<std::uint64_t> parse_header_count(Text text) {
  PENSTOCK_TRY(count, parse_whole(text));
  if (count > 100'000) return not_a("number of headers up to 100000", text);
  return count;
}

/// For bytes that are held in memory, unlike bodies.
Result<std::uint64_t> parse_memory(Text text) {
  PENSTOCK_TRY(bytes, parse_bytes(text));
  if (bytes > (64u << 20)) return not_a("number of bytes up to 64M", text);
  return bytes;
}

/// A bomb is held packed: 64 MB for this.
Result<std::uint64_t> parse_bomb_bytes(Text text) {
  PENSTOCK_TRY(bytes, parse_bytes(text));
  if (bytes > (64ull << 30)) return not_a("number of bytes up to 64G", text);
  return bytes;
}

// clang-format off
constexpr std::array kKnobs{
    Knob{"delay", "DURATION", "wait before the answer (200ms, 1.5s)",
         [](Behaviour& b, Text v) { return store(b.pace.delay, parse_duration(v)); }},
    Knob{"delay_jitter", "DURATION", "add a seeded share of this, 0 to all, to the delay",
         [](Behaviour& b, Text v) { return store(b.pace.delay_jitter, parse_duration(v)); }},
    Knob{"connect_delay", "DURATION", "add this for the first request of every connection",
         [](Behaviour& b, Text v) { return store(b.pace.connect_delay, parse_duration(v)); }},
    Knob{"slow_first_byte", "DURATION", "send the head at once, the body after this",
         [](Behaviour& b, Text v) { return store(b.pace.first_byte, parse_duration(v)); }},
    Knob{"drip", "BYTES_PER_S", "send the body in small pieces at this rate",
         [](Behaviour& b, Text v) { return store(b.pace.drip_bytes_per_s, parse_bytes(v)); }},
    Knob{"status", "CODE", "answer with this status; 300 and above with an error body",
         [](Behaviour& b, Text v) { return store(b.refusal.status, parse_status(v)); }},
    Knob{"reason", "TEXT", "the words of the status line, escapes and all",
         [](Behaviour& b, Text v) { return store(b.refusal.reason, parse_reason(v)); }},
    Knob{"retry_after", "SECONDS", "Retry-After in seconds on answers of 300 and above",
         [](Behaviour& b, Text v) { return store(b.refusal.retry_after, parse_seconds(v)); }},
    Knob{"retry_after_date", "SECONDS", "the same as an HTTP date, this far ahead",
         [](Behaviour& b, Text v) { return store(b.refusal.retry_after_date, parse_seconds(v)); }},
    Knob{"retry_after_ms", "MILLISECONDS", "the header retry-after-ms",
         [](Behaviour& b, Text v) { return store(b.refusal.retry_after_ms, parse_ms(v)); }},
    Knob{"fail", "SHARE", "fail this share of requests (0.1, 10%), by seed, URL and attempt",
         [](Behaviour& b, Text v) { return store(b.failing.share, parse_share(v)); }},
    Knob{"fail_first", "COUNT", "fail the first requests for each URL, then answer",
         [](Behaviour& b, Text v) { return store(b.failing.first, parse_whole(v)); }},
    Knob{"fail_kinds", "LIST", "kinds of failure: statuses, reset, truncate, hang, garbage, drip "
         "(500,502,503,reset,truncate)",
         [](Behaviour& b, Text v) { return store(b.failing.kinds, parse_kinds(v)); }},
    Knob{"redirect", "HOPS", "redirect to itself this many times, then answer",
         [](Behaviour& b, Text v) { return store(b.redirecting.hops, parse_whole(v)); }},
    Knob{"redirect_to", "URL", "redirect there",
         [](Behaviour& b, Text v) { return store(b.redirecting.to, parse_header_text(v)); }},
    Knob{"redirect_loop", "", "redirect to itself for ever",
         [](Behaviour& b, Text v) { return store(b.redirecting.loop, parse_switch(v)); }},
    Knob{"redirect_status", "CODE", "status of redirects (302)",
         [](Behaviour& b, Text v) { return store(b.redirecting.status, parse_3xx(v)); }},
    Knob{"bytes", "COUNT", "a body of this many deterministic bytes",
         [](Behaviour& b, Text v) { return store(b.payload.bytes, parse_bytes(v)); }},
    Knob{"flood", "", "a body without end",
         [](Behaviour& b, Text v) { return store(b.payload.flood, parse_switch(v)); }},
    Knob{"zip_bomb", "COUNT", "a gzip body that unpacks to this many zero bytes",
         [](Behaviour& b, Text v) { return store(b.payload.bomb_bytes, parse_bomb_bytes(v)); }},
    Knob{"type", "TYPE", "the media type in Content-Type",
         [](Behaviour& b, Text v) { return store(b.payload.type, parse_header_text(v)); }},
    Knob{"charset", "NAME", "the charset in Content-Type (the bytes stay)",
         [](Behaviour& b, Text v) { return store(b.payload.charset, parse_header_text(v)); }},
    Knob{"latin1", "", "the body re-encoded from UTF-8 to ISO-8859-1",
         [](Behaviour& b, Text v) { return store(b.payload.latin1, parse_switch(v)); }},
    Knob{"gzip", "", "compress, if the request accepts gzip",
         [](Behaviour& b, Text v) { return store(b.framing.gzip, parse_switch(v)); }},
    Knob{"encoding", "NAMES", "what Content-Encoding says (the bytes stay)",
         [](Behaviour& b, Text v) { return store(b.framing.encoding, parse_header_text(v)); }},
    Knob{"interim", "COUNT", "this many 103 answers before the real one",
         [](Behaviour& b, Text v) { return store(b.framing.interim, parse_header_count(v)); }},
    Knob{"chunked", "", "chunked transfer instead of Content-Length",
         [](Behaviour& b, Text v) { return store(b.framing.chunked, parse_switch(v)); }},
    Knob{"close", "", "close the connection after the answer",
         [](Behaviour& b, Text v) { return store(b.framing.close, parse_switch(v)); }},
    Knob{"extra", "COUNT", "this many stray bytes after the body",
         [](Behaviour& b, Text v) { return store(b.framing.extra_bytes, parse_memory(v)); }},
    Knob{"headers", "COUNT", "this many more headers",
         [](Behaviour& b, Text v) { return store(b.framing.headers, parse_header_count(v)); }},
    Knob{"big_header", "COUNT", "one more header of this many bytes",
         [](Behaviour& b, Text v) { return store(b.framing.big_header_bytes, parse_memory(v)); }},
    Knob{"truncate", "", "break off in the middle of the body",
         [](Behaviour& b, Text v) { return set_breakage(b, v, Breakage::truncate); }},
    Knob{"reset", "", "no answer: reset the connection (RST)",
         [](Behaviour& b, Text v) { return set_breakage(b, v, Breakage::reset); }},
    Knob{"hang", "", "no answer, for ever",
         [](Behaviour& b, Text v) { return set_breakage(b, v, Breakage::hang); }},
    Knob{"garbage", "", "bytes that are not HTTP",
         [](Behaviour& b, Text v) { return set_breakage(b, v, Breakage::garbage); }},
};
// clang-format on

}  // namespace

std::span<const Knob> knobs() noexcept { return kKnobs; }

const Knob* find_knob(std::string_view name) noexcept {
  const auto found = std::find_if(kKnobs.begin(), kKnobs.end(),
                                  [&](const Knob& knob) { return knob.name == name; });
  return found == kKnobs.end() ? nullptr : &*found;
}

Result<Behaviour> with_params(Behaviour behaviour, const std::vector<Param>& params) {
  for (const auto& param : params) {
    const auto* knob = find_knob(param.name);
    if (!knob) continue;
    auto set = knob->set(behaviour, param.value);
    if (!set) {
      set.error().message.insert(0, param.name + ": ");
      return std::move(set.error());
    }
  }
  return behaviour;
}

Behaviour with_failure(Behaviour behaviour, std::string_view kind) {
  if (kind == "reset") behaviour.breakage = Breakage::reset;
  if (kind == "truncate") behaviour.breakage = Breakage::truncate;
  if (kind == "hang") behaviour.breakage = Breakage::hang;
  if (kind == "garbage") behaviour.breakage = Breakage::garbage;
  if (kind == "drip") behaviour.pace.drip_bytes_per_s = kFailDripBytesPerS;
  if (const auto status = parse_status(kind)) behaviour.refusal.status = *status;
  return behaviour;
}

}  // namespace penstock::lab
