// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What lanes keep open, and what they close when descriptors run out.
#include "net/lane.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <deque>

#include "net/http_client_fixture.h"

namespace penstock::net {
namespace {

class LaneTest : public HttpClientTest {
 protected:
  LaneTest() { profile_->cleartext = Cleartext::libcurl; }
};

// A limit on descriptors for the rest of a test.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    lower(count);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  void lower(rlim_t count) {
    rlimit few = before_;
    few.rlim_cur = count;
    ::setrlimit(RLIMIT_NOFILE, &few);
  }

 private:
  rlimit before_{};
};

TEST_F(LaneTest, IdleConnectionsLeaveDescriptors) {
  const FewDescriptors few(256);  // 32 of them for idle connections without TLS: 2 a lane.
  client_ = std::move(*make_http_client(*loop_));
  std::deque<ScriptedServer> hosts;
  for (int i = 0; i < 12; ++i) {
    hosts.emplace_back([](const std::string&) { return ScriptedAnswer{ok_answer("x")}; });
    EXPECT_FALSE(run(request(hosts.back().url("/"))).error);
  }
  EXPECT_GE(client_->counts().open_connections, 1U);
  EXPECT_LE(client_->counts().open_connections, 3U);
}

TEST_F(LaneTest, IdleConnectionsGoWhenDescriptorsRunOut) {
  std::deque<ScriptedServer> hosts;
  for (int i = 0; i < 6; ++i) {
    hosts.emplace_back([](const std::string&) { return ScriptedAnswer{ok_answer("x")}; });
  }
  std::vector<HttpRequest> all;
  for (int i = 0; i < 5; ++i) all.push_back(request(hosts[static_cast<std::size_t>(i)].url("/")));
  run(std::move(all));
  ASSERT_EQ(client_->counts().open_connections, 5U);
  {
    const FewDescriptors none(0);
    EXPECT_EQ(kind_of(request(hosts[5].url("/"))), "connect.descriptors");
  }
  EXPECT_EQ(client_->counts().open_connections, 0U);
  EXPECT_EQ(kind_of(request(hosts[5].url("/"))), "");
}

}  // namespace
}  // namespace penstock::net
