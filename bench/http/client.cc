// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// net::HttpClient with all of its limits on.
#include <csignal>
#include <functional>

#include "http/measure.h"
#include "net/http_client.h"
#include "os/epoll_loop.h"

int main(int argc, char** argv) {
  using namespace penstock;
  const bench::Load load = bench::read_load(argc, argv);
  const bench::Measurement measurement;
  std::signal(SIGPIPE, SIG_IGN);
  const auto loop = std::move(*os::EpollLoop::create());
  const auto client = std::move(*net::make_http_client(*loop));
  const auto profile = std::make_shared<net::HttpProfile>();
  std::size_t started = 0;
  std::size_t done = 0;
  std::uint64_t bytes = 0;
  const std::function<void()> start = [&] {
    ++started;
    net::HttpRequest request;
    request.url = *net::parse_url(load.url);
    request.headers = {{"User-Agent", "penstock"}};
    request.profile = profile;
    request.on_done = [&](net::HttpResponse response) {
      if (response.error) std::exit(1);
      bytes += response.body.size();
      client->recycle(std::move(response.body));
      ++done;
      if (started < load.requests) start();
    };
    client->start(std::move(request));
  };
  for (std::size_t i = 0; i < load.connections; ++i) start();
  while (done < load.requests) loop->run_once(TimePoint::clock::now() + std::chrono::seconds(1));
  measurement.report("client", load, bytes);
}
