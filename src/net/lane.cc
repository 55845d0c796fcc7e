// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The socket interface of libcurl's multi handle, and the numbers that were measured for it.
#include "net/lane.h"

#include <algorithm>
#include <chrono>

namespace penstock::net {
namespace {

// With the default of 100, request 101 opens a connection, and so does every one after it.
constexpr long kHttp2ConnectionsPerHost = 8;
constexpr long kHttp2StreamsMax = 1000;

}  // namespace

Lane::Lane(std::uint32_t index, LaneKind kind, SocketSet& sockets)
    : index_(index), kind_(kind), sockets_(sockets) {
  open();
}

void Lane::open() {
  multi_ = ::curl_multi_init();
  const auto set = [this](CURLMoption option, auto value) {
    (void)::curl_multi_setopt(multi_, option, value);
  };
  set(CURLMOPT_SOCKETFUNCTION, &Lane::on_socket);
  set(CURLMOPT_SOCKETDATA, this);
  set(CURLMOPT_TIMERFUNCTION, &Lane::on_timer);
  set(CURLMOPT_TIMERDATA, this);
  if (kind_ == LaneKind::http2) {
    set(CURLMOPT_PIPELINING, long{CURLPIPE_MULTIPLEX});
    set(CURLMOPT_MAX_HOST_CONNECTIONS, kHttp2ConnectionsPerHost);
    set(CURLMOPT_MAX_CONCURRENT_STREAMS, kHttp2StreamsMax);
  } else {
    set(CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
  }
  bound();
}

// Both are about connections in use and idle ones together: the first when a request ends, the
// second when one begins, which closes the oldest idle connection rather than open one too many.
void Lane::bound() {
  const long most = static_cast<long>(in_flight_ + std::max<std::size_t>(idle_max_, 1));
  (void)::curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, most);
  (void)::curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
}

void Lane::keep(std::size_t idle_max) {
  idle_max_ = idle_max;
  bound();
}

void Lane::drop_idle() {
  if (in_flight_ > 0) return;
  (void)::curl_multi_cleanup(multi_);
  due_ = TimePoint::max();
  open();
}

Lane::~Lane() { ::curl_multi_cleanup(multi_); }

void Lane::add(Transfer& transfer) {
  ++in_flight_;
  bound();
  // Fails only for a handle that is added already, which would be a bug of ours.
  (void)::curl_multi_add_handle(multi_, transfer.easy());
}

void Lane::remove(Transfer& transfer) {
  --in_flight_;
  (void)::curl_multi_remove_handle(multi_, transfer.easy());
  bound();
}

void Lane::run_socket(int fd, std::uint32_t events) {
  int flags = 0;
  if ((events & (EPOLLIN | EPOLLHUP)) != 0) flags |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) flags |= CURL_CSELECT_OUT;
  if ((events & EPOLLERR) != 0) flags |= CURL_CSELECT_ERR;
  int running = 0;
  (void)::curl_multi_socket_action(multi_, fd, flags, &running);
}

void Lane::run_timers() {
  due_ = TimePoint::max();
  int running = 0;
  (void)::curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
}

void Lane::take_ended(std::vector<Ended>& ended) {
  int left = 0;
  while (const CURLMsg* message = ::curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    (void)::curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    ended.emplace_back(transfer, message->data.result);
  }
}

int Lane::on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  auto& lane = *static_cast<Lane*>(self);
  std::uint32_t events = 0;
  if (what != CURL_POLL_REMOVE && (what & CURL_POLL_IN) != 0) events |= EPOLLIN;
  if (what != CURL_POLL_REMOVE && (what & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
  lane.sockets_.want(fd, lane.index_, events);
  return 0;
}

int Lane::on_timer(CURLM*, long wait_ms, void* self) {
  auto& lane = *static_cast<Lane*>(self);
  lane.due_ =
      wait_ms < 0 ? TimePoint::max() : TimePoint::clock::now() + std::chrono::milliseconds(wait_ms);
  return 0;
}

}  // namespace penstock::net
