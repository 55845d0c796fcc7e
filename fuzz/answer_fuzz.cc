// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// An answer of HTTP/1.1 as a peer sends it over a connection of ours: however its bytes are cut, it
// is whole with the same status, headers and body, within the limits, or it is not. (What is wrong
// with one that is not depends on what has come: a bad line is judged once the head before it is
// there.)
//
//     input := piece-size, method, bytes
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "check.h"
#include "net/answer_parser.h"
#include "net/body_buffers.h"
#include "net/socket_set.h"

namespace penstock {
namespace {

constexpr std::size_t kBodyMax = 1000;

struct Outcome {
  bool is_whole = false;
  int status = 0;
  std::string body;
  std::vector<std::string> headers;

  bool operator==(const Outcome&) const = default;
};

net::HttpRequest request_of(std::uint8_t method) {
  static const auto profile = [] {
    auto made = std::make_shared<net::HttpProfile>();
    made->limits = {
        .body_bytes = kBodyMax, .expansion = 200, .header_bytes = 500, .header_count = 20};
    return made;
  }();
  net::HttpRequest request;
  request.url = *net::parse_url("http://127.0.0.1/");
  request.method = method % 8 == 0 ? "HEAD" : "GET";
  request.profile = profile;
  return request;
}

/// The first piece has `first` bytes, each other one `piece`.
Outcome outcome_of(std::string_view bytes, std::size_t first, std::size_t piece,
                   std::uint8_t method) {
  static auto sockets = std::move(*net::SocketSet::create());
  static net::BodyBuffers buffers;
  static net::ClientShared shared{.sockets = sockets, .buffers = buffers};
  net::Exchange exchange(shared, 0);
  exchange.accept(request_of(method));
  PENSTOCK_ASSERT(exchange.carry(net::ConnectTimer::exchange).has_value());
  PENSTOCK_ASSERT(exchange.may_send(net::parse_address("127.0.0.1")));
  net::AnswerParser parser;
  parser.begin(exchange);
  net::AnswerState state = net::AnswerState::open;
  while (!bytes.empty() && state == net::AnswerState::open) {
    const std::size_t taken = std::min(std::exchange(first, piece), bytes.size());
    state = parser.feed(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
  }
  if (state == net::AnswerState::open) state = parser.end_of_stream();
  PENSTOCK_ASSERT(state != net::AnswerState::open);
  if (state != net::AnswerState::whole) {
    const net::HttpResponse broken = exchange.break_off({.kind = "reset"}, {}).response;
    PENSTOCK_ASSERT(broken.error && broken.body.empty());
    return {};
  }
  const net::HttpResponse response = exchange.complete({}).response;
  PENSTOCK_ASSERT(response.body.size() <= kBodyMax);
  // Packed bodies may still be cut.
  Outcome outcome{!response.error, response.status, response.body, {}};
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    outcome.headers.emplace_back(response.headers.name(i)) += response.headers.value(i);
  }
  return outcome;
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view input = fuzz::as_text(bytes, size);
  const std::size_t piece = 1 + fuzz::take_byte(input);
  const std::uint8_t method = fuzz::take_byte(input);
  const std::size_t all = input.size() + 1;
  const Outcome whole = outcome_of(input, all, all, method);
  PENSTOCK_ASSERT(outcome_of(input, piece, piece, method) == whole);
  PENSTOCK_ASSERT(outcome_of(input, 1, 1, method) == whole);
  PENSTOCK_ASSERT(outcome_of(input, piece * input.size() / 256 + 1, all, method) == whole);
  return 0;
}
