// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The least that libcurl can be asked to do: one multi handle on epoll, reused easy handles, bodies
// in memory. No limits, no headers, no guard, no timeouts.
#include <curl/curl.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <deque>

#include "http/measure.h"

namespace penstock::bench {
namespace {

class BareMulti {
 public:
  explicit BareMulti(const Load& load) : load_(load) {
    set(CURLMOPT_SOCKETFUNCTION, &BareMulti::on_socket);
    set(CURLMOPT_SOCKETDATA, this);
    set(
        CURLMOPT_TIMERFUNCTION, +[](CURLM*, long wait_ms, void* self) {
          static_cast<BareMulti*>(self)->wait_ms_ = wait_ms;
          return 0;
        });
    set(CURLMOPT_TIMERDATA, this);
    set(CURLMOPT_MAXCONNECTS, static_cast<long>(load.connections) * 2);
  }

  std::uint64_t run() {
    for (std::size_t i = 0; i < load_.connections; ++i) start(make_easy());
    std::array<epoll_event, 256> events;
    while (done_ < load_.requests) {
      const int wait_ms = static_cast<int>(std::clamp(wait_ms_, -1L, 1000L));
      const int count = ::epoll_wait(epoll_, events.data(), 256, wait_ms);
      if (count == 0 || wait_ms_ == 0) {
        wait_ms_ = -1;
        act(CURL_SOCKET_TIMEOUT, 0);
      }
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        act(event.data.fd,
            (event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT | CURL_CSELECT_IN : CURL_CSELECT_IN);
      }
      reap();
    }
    return bytes_;
  }

 private:
  template <typename Value>
  void set(CURLMoption option, Value value) {
    (void)::curl_multi_setopt(multi_, option, value);
  }

  CURL* make_easy() {
    CURL* easy = ::curl_easy_init();
    bodies_.emplace_back();
    (void)::curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)::curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)::curl_easy_setopt(easy, CURLOPT_PRIVATE, &bodies_.back());
    (void)::curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bodies_.back());
    (void)::curl_easy_setopt(
        easy, CURLOPT_WRITEFUNCTION,
        +[](char* bytes, std::size_t one, std::size_t count, void* body) -> std::size_t {
          static_cast<std::string*>(body)->append(bytes, one * count);
          return one * count;
        });
    return easy;
  }

  void start(CURL* easy) {
    ++started_;
    (void)::curl_easy_setopt(easy, CURLOPT_URL, load_.url.c_str());
    (void)::curl_multi_add_handle(multi_, easy);
  }

  void act(curl_socket_t fd, int flags) {
    int running = 0;
    (void)::curl_multi_socket_action(multi_, fd, flags, &running);
  }

  void reap() {
    int left = 0;
    while (const CURLMsg* message = ::curl_multi_info_read(multi_, &left)) {
      if (message->data.result != CURLE_OK) std::exit(1);
      CURL* easy = message->easy_handle;
      std::string* body = nullptr;
      (void)::curl_easy_getinfo(easy, CURLINFO_PRIVATE, &body);
      bytes_ += body->size();
      body->clear();
      (void)::curl_multi_remove_handle(multi_, easy);
      ++done_;
      if (started_ < load_.requests) start(easy);
    }
  }

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) {
    auto& bare = *static_cast<BareMulti*>(self);
    epoll_event event{};
    event.data.fd = fd;
    if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
    if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
    const int change = known != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    (void)::epoll_ctl(bare.epoll_, what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL : change, fd, &event);
    (void)::curl_multi_assign(bare.multi_, fd, self);
    return 0;
  }

  Load load_;
  CURLM* multi_ = ::curl_multi_init();
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::deque<std::string> bodies_;
  long wait_ms_ = -1;
  std::size_t started_ = 0;
  std::size_t done_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace
}  // namespace penstock::bench

int main(int argc, char** argv) {
  const auto load = penstock::bench::read_load(argc, argv);
  const penstock::bench::Measurement measurement;
  measurement.report("bare", load, penstock::bench::BareMulti(load).run());
}
