// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// An answer as a value: what is said, and how it is delivered. Nothing here touches a socket.
#pragma once

#include "units.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace penstock::lab {

/// `bytes` deterministic bytes of text that are never held in memory.
struct Pattern {
  std::uint64_t bytes;
};
inline constexpr std::uint64_t kEndless = UINT64_MAX;

/// Owned text, a file that is shared with the cache, or a pattern.
using Body = std::variant<std::string, std::shared_ptr<const std::string>, Pattern>;

[[nodiscard]] std::uint64_t body_bytes(const Body& body) noexcept;

/// Append `count` bytes of the body from `offset`. REQUIRES: they lie inside it.
void append_slice(const Body& body, std::uint64_t offset, std::size_t count, std::string& out);

/// The whole body. REQUIRES: not endless.
[[nodiscard]] std::string body_text(const Body& body);

/// What becomes of the connection when the answer is out.
enum class Ending : std::uint8_t { keep, close, reset, hang };

/// How the bytes leave. It names no behaviour: one way of delivery may serve several.
struct Delivery {
  Duration delay{};                    ///< Before the first byte.
  Duration body_delay{};               ///< Between the head and the body.
  std::uint64_t drip_bytes_per_s = 0;  ///< Zero: as fast as the peer reads.
  bool chunked = false;
  bool head_only = false;                 ///< HEAD, 204 and 304.
  std::optional<std::uint64_t> cut_at{};  ///< Break off after so many bytes of the body.
  std::string trailing{};                 ///< Stray bytes behind the body.
  Ending ending = Ending::keep;
};

struct Answer {
  int status = 200;
  std::string reason{};       ///< Empty: the usual words of the status.
  std::uint64_t interim = 0;  ///< 103 answers before this one.
  std::string type = "text/plain; charset=utf-8";
  std::string header_lines{};  ///< Whole lines, each ended by CRLF.
  Body body{};
  Delivery delivery{};
  bool is_raw = false;  ///< The body is sent without any head.
};

/// Appends one line; a name may stand more than once. REQUIRES: neither holds CR or LF.
void add_header(Answer& answer, std::string_view name, std::string_view value);

/// Status line and headers, with the empty line. REQUIRES: !answer.is_raw.
[[nodiscard]] std::string render_head(const Answer& answer, std::string_view date);

[[nodiscard]] Answer json_answer(int status, std::string json);

/// An error as services write it: {"error":{"code":...,"message":...}}.
[[nodiscard]] Answer error_answer(int status, std::string_view code, std::string_view message);

/// The reason phrase of a status; "Unknown" for those without one.
[[nodiscard]] std::string_view reason(int status) noexcept;

}  // namespace penstock::lab
