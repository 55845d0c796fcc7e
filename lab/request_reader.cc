// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Boost.Beast's basic_parser, filling a Request without a copy between.
#include "request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <utility>

namespace penstock::lab {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using Text = boost::beast::string_view;

constexpr std::uint32_t kHeaderBytesMax = 1 << 20;
constexpr std::uint64_t kBodyBytesMax = 64u << 20;

}  // namespace

class RequestReader::Parser final : public http::basic_parser<true> {
 public:
  // Eager: put() goes on into the body instead of stopping behind the header.
  Parser() {
    eager(true);
    header_limit(kHeaderBytesMax);
    body_limit(kBodyBytesMax);
  }

  Request request;
  bool expects_continue = false;

 private:
  void on_request_impl(http::verb, Text method, Text target, int version, error_code&) override {
    request.method.assign(method.data(), method.size());
    request.target.assign(target.data(), target.size());
    request.is_http_1_0 = version == 10;
  }
  void on_response_impl(int, Text, int, error_code&) override {}
  void on_field_impl(http::field field, Text name, Text value, error_code&) override {
    request.headers.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
    if (field == http::field::expect) expects_continue = true;
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(Text body, error_code&) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code& failure) override {
    request.body.append(body.data(), body.size());
    if (request.body.size() > kBodyBytesMax) failure = http::error::body_limit;
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
};

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {}
RequestReader::~RequestReader() = default;

RequestReader::Fed RequestReader::feed(std::string_view bytes) {
  error_code failure;
  const auto used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
  if (failure && failure != http::error::need_more) return {used, State::malformed};
  return {used, parser_->is_done() ? State::complete : State::need_more};
}

bool RequestReader::take_continue() {
  return parser_->is_header_done() && std::exchange(parser_->expects_continue, false);
}

Request RequestReader::take() {
  auto request = std::move(parser_->request);
  request.keep_alive = parser_->keep_alive();
  parser_ = std::make_unique<Parser>();
  return request;
}

}  // namespace penstock::lab
