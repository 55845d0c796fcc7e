// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A client, its loop and a scripted server for the unit tests of the client. Never part of the
// program.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_client.h"
#include "net/scripted_server.h"
#include "os/epoll_loop.h"

namespace penstock::net {

inline std::string ok_answer(std::string_view body, std::string_view headers = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class HttpClientTest : public testing::Test {
 protected:
  static constexpr auto kPatience = std::chrono::seconds(20);

  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }

  void serve(ScriptedServer::Script script) { server_.emplace(std::move(script)); }
  void serve(ScriptedAnswer answer) {
    serve([answer = std::move(answer)](const std::string&) { return answer; });
  }

  HttpRequest request(const std::string& url) {
    HttpRequest request;
    request.url = *parse_url(url);
    request.profile = profile_;
    return request;
  }
  HttpRequest get(std::string_view path = "/") { return request(server_->url(path)); }

  /// Start all and run the loop until all are done.
  std::vector<HttpResponse> run(std::vector<HttpRequest> requests) {
    std::vector<HttpResponse> responses(requests.size());
    std::size_t left = requests.size();
    for (std::size_t i = 0; i < requests.size(); ++i) {
      requests[i].on_done = [&, i](HttpResponse response) {
        responses[i] = std::move(response);
        --left;
      };
      client_->start(std::move(requests[i]));
    }
    const TimePoint give_up = TimePoint::clock::now() + kPatience;
    while (left > 0 && TimePoint::clock::now() < give_up) loop_->run_once(give_up);
    EXPECT_EQ(left, 0U) << "requests that never ended";
    return responses;
  }
  HttpResponse run(HttpRequest one) {
    std::vector<HttpRequest> requests;
    requests.push_back(std::move(one));
    return std::move(run(std::move(requests)).front());
  }

  /// The kind of the error with which a GET of "/" ends; empty if it does not.
  std::string kind_of(HttpRequest one) {
    const HttpResponse response = run(std::move(one));
    return response.error ? response.error->kind : "";
  }
  std::string kind_after(std::string bytes,
                         ScriptedAnswer::Then then = ScriptedAnswer::Then::keep) {
    serve(ScriptedAnswer{std::move(bytes), then});
    return kind_of(get());
  }

  std::unique_ptr<os::EpollLoop> loop_ = std::move(*os::EpollLoop::create());
  std::unique_ptr<HttpClient> client_ = std::move(*make_http_client(*loop_));
  std::shared_ptr<HttpProfile> profile_ = std::make_shared<HttpProfile>();
  std::optional<ScriptedServer> server_;
};

}  // namespace penstock::net
