// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rendering of heads and slices of bodies.
#include "answer.h"

#include "json_text.h"

#include <algorithm>
#include <array>

namespace penstock::lab {
namespace {

// 64 characters, so that a slice can be checked by eye and by arithmetic.
constexpr std::string_view kPatternLine =
    "The lab serves this line as often as it takes: 0123456789abcdef\n";
static_assert(kPatternLine.size() == 64);

struct Phrase {
  int status;
  std::string_view text;
};
constexpr std::array kPhrases{
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{206, "Partial Content"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Found"},
    Phrase{303, "See Other"},
    Phrase{304, "Not Modified"},
    Phrase{307, "Temporary Redirect"},
    Phrase{308, "Permanent Redirect"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{408, "Request Timeout"},
    Phrase{410, "Gone"},
    Phrase{413, "Content Too Large"},
    Phrase{418, "I'm a teapot"},
    Phrase{429, "Too Many Requests"},
    Phrase{500, "Internal Server Error"},
    Phrase{502, "Bad Gateway"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Gateway Timeout"},
};

void append_pattern(std::uint64_t offset, std::size_t count, std::string& out) {
  while (count > 0) {
    const auto from = static_cast<std::size_t>(offset % kPatternLine.size());
    const auto part = std::min(count, kPatternLine.size() - from);
    out.append(kPatternLine.substr(from, part));
    offset += part;
    count -= part;
  }
}

}  // namespace

std::uint64_t body_bytes(const Body& body) noexcept {
  if (const auto* text = std::get_if<std::string>(&body)) return text->size();
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) {
    return (*shared)->size();
  }
  return std::get_if<Pattern>(&body)->bytes;
}

void append_slice(const Body& body, std::uint64_t offset, std::size_t count, std::string& out) {
  if (std::holds_alternative<Pattern>(body)) {
    append_pattern(offset, count, out);
  } else if (const auto* text = std::get_if<std::string>(&body)) {
    out.append(*text, offset, count);
  } else {
    out.append(**std::get_if<std::shared_ptr<const std::string>>(&body), offset, count);
  }
}

std::string body_text(const Body& body) {
  std::string out;
  append_slice(body, 0, static_cast<std::size_t>(body_bytes(body)), out);
  return out;
}

void add_header(Answer& answer, std::string_view name, std::string_view value) {
  answer.header_lines.append(name).append(": ").append(value).append("\r\n");
}

std::string render_head(const Answer& answer, std::string_view date) {
  std::string head;
  head.reserve(192 + answer.header_lines.size());
  for (std::uint64_t i = 0; i < answer.interim; ++i) {
    head.append("HTTP/1.1 103 Early Hints\r\n\r\n");
  }
  head.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
  head.append(answer.reason.empty() ? reason(answer.status) : answer.reason);
  head.append("\r\nServer: penstock-lab\r\nDate: ").append(date);
  const bool has_body = answer.status != 204 && answer.status != 304;
  if (has_body && !answer.type.empty()) head.append("\r\nContent-Type: ").append(answer.type);
  if (answer.delivery.chunked) {
    head.append("\r\nTransfer-Encoding: chunked");
  } else if (has_body && body_bytes(answer.body) != kEndless) {
    head.append("\r\nContent-Length: ").append(std::to_string(body_bytes(answer.body)));
  }
  if (answer.delivery.ending != Ending::keep) head.append("\r\nConnection: close");
  return head.append("\r\n").append(answer.header_lines).append("\r\n");
}

Answer json_answer(int status, std::string json) {
  Answer answer;
  answer.status = status;
  answer.type = "application/json";
  answer.body = std::move(json);
  return answer;
}

Answer error_answer(int status, std::string_view code, std::string_view message) {
  std::string json = "{\"error\":{\"code\":";
  json.append(json_quoted(code)).append(",\"message\":").append(json_quoted(message));
  return json_answer(status, json.append("}}\n"));
}

std::string_view reason(int status) noexcept {
  const auto found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                  [&](const Phrase& phrase) { return phrase.status == status; });
  return found == kPhrases.end() ? std::string_view("Unknown") : found->text;
}

}  // namespace penstock::lab
