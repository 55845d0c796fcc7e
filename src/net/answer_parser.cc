// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Beast's callbacks, and the answers before the answer (1xx).
#include "net/answer_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <optional>

namespace penstock::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using View = boost::beast::string_view;

constexpr int kSwitchingProtocols = 101;
// Beast 1.81 asserts that a last chunk that came in part has at least so many bytes the next time.
// Whatever is valid goes on for longer in a chunked body, so nothing waits in vain.
constexpr std::size_t kChunkRestBytesMin = 5;
constexpr std::size_t kUnreadBytesKept = 4 << 10;
constexpr std::size_t kLineSlackBytes = 64 << 10;  // Beside the limit that the exchange keeps.

/// As far as it has come, it may be "HTTP/1.1 200".
bool begins_as_status(std::string_view line) {
  constexpr std::string_view kShape = "HTTP/1.0 000";  // A zero stands for any digit.
  return std::equal(
      kShape.begin(), kShape.begin() + std::min(line.size(), kShape.size()), line.begin(),
      [](char shape, char c) { return shape == '0' ? c >= '0' && c <= '9' : c == shape; });
}
constexpr std::size_t kStatusBytes = sizeof "HTTP/1.1 200" - 1;

/// As Beast wants it: a space, and text.
bool is_usual_reason(std::string_view rest) {
  return rest.starts_with(' ') && rest.ends_with("\r\n") &&
         std::all_of(rest.begin(), rest.end() - 2,
                     [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

std::string_view plain(View view) { return {view.data(), view.size()}; }

/// Of what Beast lets pass, what we cannot read.
bool is_odd_status(int status) {
  // 101: nobody asked for another protocol, and what would follow is no HTTP.
  return status == kSwitchingProtocols || status < 100 || status > 599;
}

bool is_odd_coding(http::field field, View value) {
  return field == http::field::transfer_encoding && !same_name(plain(value), "chunked");
}

void malformed(error_code& ec) { ec = http::error::bad_value; }

/// A head that nobody waits for.
class Head final : public http::basic_parser<false> {
 private:
  void on_request_impl(http::verb, View, View, int, error_code&) override {}
  void on_response_impl(int status, View, int, error_code& ec) override {
    if (is_odd_status(status)) malformed(ec);
  }
  void on_field_impl(http::field field, View, View value, error_code& ec) override {
    if (is_odd_coding(field, value)) malformed(ec);
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(View bytes, error_code&) override { return bytes.size(); }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, error_code&) override {
    return bytes.size();
  }
  void on_finish_impl(error_code&) override {}
};

/// One message. Its limits are the exchange's own, but for that on a head that never ends.
class Message final : public http::basic_parser<false> {
 public:
  explicit Message(Exchange& exchange) : exchange_(exchange) {
    const auto header_bytes = exchange.request().profile->limits.header_bytes + kLineSlackBytes;
    header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(header_bytes, std::numeric_limits<std::uint32_t>::max())));
    body_limit(boost::none);
    eager(true);
    if (exchange.request().method == "HEAD") skip(true);
  }

  /// Servers write what they like behind the status, and nobody reads it: an odd line is put
  /// without it. False: the line is for put(). REQUIRES: begins_as_status(line), and nothing was
  /// put yet.
  bool takes_odd_status(std::string_view line) {
    if (line.size() < kStatusBytes || is_usual_reason(line.substr(kStatusBytes))) return false;
    const std::string usual = std::string(line.substr(0, kStatusBytes)) + " \r\n";
    error_code ec;
    put(boost::asio::const_buffer(usual.data(), usual.size()), ec);
    return ec == http::error::need_more;
  }

 private:
  static void stop_unless(bool goes_on, error_code& ec) {
    if (!goes_on) ec = make_error_code(boost::system::errc::operation_canceled);
  }

  void on_request_impl(http::verb, View, View, int, error_code&) override {}

  void on_response_impl(int status, View reason, int version, error_code& ec) override {
    if (is_odd_status(status)) return malformed(ec);
    const bool fits = exchange_.take_line_bytes(sizeof "HTTP/1.1 200 \r\n" - 1 + reason.size());
    using Version = StatusLine::Version;
    if (fits) exchange_.take_status({status, version < 11 ? Version::http10 : Version::http11});
    stop_unless(fits, ec);
  }

  void on_field_impl(http::field field, View name, View value, error_code& ec) override {
    if (is_odd_coding(field, value)) return malformed(ec);
    const bool fits = exchange_.take_line_bytes(name.size() + value.size() + sizeof ": \r\n" - 1);
    if (fits) exchange_.take_field(plain(name), plain(value));
    stop_unless(fits, ec);
  }

  void on_header_impl(error_code& ec) override {
    if (exchange_.is_informational()) return;
    stop_unless(exchange_.take_line_bytes(2) && exchange_.end_of_head(), ec);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(View bytes, error_code& ec) override {
    stop_unless(exchange_.take_packed(plain(bytes)), ec);
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, error_code& ec) override {
    return on_body_impl(bytes, ec);
  }

  void on_finish_impl(error_code&) override {}

  Exchange& exchange_;
};

}  // namespace

class AnswerParser::Reader {
 public:
  std::optional<Message> message;
};

AnswerParser::AnswerParser() : reader_(std::make_unique<Reader>()) {}
AnswerParser::~AnswerParser() = default;
AnswerParser::AnswerParser(AnswerParser&&) noexcept = default;
AnswerParser& AnswerParser::operator=(AnswerParser&&) noexcept = default;

void AnswerParser::begin(Exchange& exchange) {
  exchange_ = &exchange;
  reader_->message.emplace(exchange);
  unread_.clear();
  if (unread_.capacity() > kUnreadBytesKept) unread_.shrink_to_fit();
  excess_ = false;
}

AnswerState AnswerParser::feed(std::string_view bytes) {
  exchange_->heard();
  const bool had_rest = !unread_.empty();
  if (had_rest) bytes = unread_.append(bytes);
  const bool in_body = reader_->message->is_header_done();
  if (had_rest && in_body && bytes.size() < kChunkRestBytesMin) return AnswerState::open;
  const AnswerState state = parse(bytes);
  excess_ = state == AnswerState::whole && !bytes.empty();
  if (state != AnswerState::open) return state;
  const std::size_t unread_max = exchange_->request().profile->limits.header_bytes;
  if (bytes.size() > unread_max + kLineSlackBytes) return AnswerState::malformed;
  if (had_rest) {
    unread_.erase(0, unread_.size() - bytes.size());
  } else {
    unread_.assign(bytes);
  }
  return state;
}

/// Leaves in `bytes` what has not been read.
AnswerState AnswerParser::parse(std::string_view& bytes) {
  while (!bytes.empty()) {
    error_code ec;
    Message& message = *reader_->message;
    if (!message.got_some() && begins_as_status(bytes)) {
      const std::size_t end = bytes.find('\n');
      if (end == std::string_view::npos) return AnswerState::open;
      if (message.takes_odd_status(bytes.substr(0, end + 1))) bytes.remove_prefix(end + 1);
      if (bytes.empty()) return AnswerState::open;
    }
    bytes.remove_prefix(message.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec));
    if (ec == http::error::need_more) return AnswerState::open;
    if (ec == http::error::header_limit) (void)exchange_->take_line_bytes(bytes.size());
    if (ec) return exchange_->is_refused() ? AnswerState::refused : AnswerState::malformed;
    if (!message.is_done()) continue;
    if (!exchange_->is_informational()) return AnswerState::whole;
    reader_->message.emplace(*exchange_);
  }
  return AnswerState::open;
}

AnswerState AnswerParser::end_of_stream() {
  Message& message = *reader_->message;
  if (!message.got_some() || !unread_.empty()) return AnswerState::cut;
  error_code ec;
  message.put_eof(ec);
  return ec ? AnswerState::cut : AnswerState::whole;
}

bool AnswerParser::can_read(std::string_view head) {
  Head parser;
  parser.header_limit(std::numeric_limits<std::uint32_t>::max());
  error_code ec;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), ec);
  return !ec && parser.is_header_done();
}

bool AnswerParser::keeps_connection() const noexcept {
  return reader_->message->keep_alive() && !excess_;
}

}  // namespace penstock::net
