// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One robots.txt for many questions, and what each kind of answer to it means.
#include "steps/robots_gate.h"

#include <gtest/gtest.h>

#include <optional>

#include "net/scripted_server.h"
#include "steps/worker_fake.h"
#include "steps/worker_http.h"

namespace penstock::steps {
namespace {

using net::ScriptedAnswer;

std::string answer(std::string_view status, std::string_view body, std::string_view more = "") {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class RobotsGateTest : public testing::Test {
 protected:
  void serve(std::string bytes) {
    server_.emplace(
        [bytes = std::move(bytes)](const std::string&) { return ScriptedAnswer{bytes}; });
  }

  RobotsQuery query(std::string_view path, std::string agent = "penstock/1.0") {
    return {*net::parse_url(server_->url(path)), std::move(agent), profile_, guard_};
  }

  /// The kinds of the answers; "" is yes.
  std::vector<std::string> ask(std::vector<RobotsQuery> queries) {
    std::vector<std::string> kinds(queries.size(), "no answer");
    std::size_t left = queries.size();
    for (std::size_t i = 0; i < queries.size(); ++i) {
      gate().ask(std::move(queries[i]), [&, i](const Status& status) {
        kinds[i] = status ? "" : status.error().kind;
        --left;
      });
    }
    while (left > 0) worker_.loop().run_once(TimePoint::clock::now() + std::chrono::seconds(1));
    return kinds;
  }
  std::string ask(std::string_view path) { return ask({query(path)})[0]; }

  RobotsGate& gate() {
    auto http = worker_http(worker_);
    return *(*http)->robots;
  }

  WorkerFake worker_;
  std::optional<net::ScriptedServer> server_;
  std::shared_ptr<const net::HttpProfile> profile_ = std::make_shared<net::HttpProfile>();
  std::shared_ptr<const net::AddressGuard> guard_;
};

TEST_F(RobotsGateTest, OneFetchForManyQuestions) {
  serve(answer("200 OK", "user-agent: *\ndisallow: /no"));
  std::vector<RobotsQuery> queries;
  for (int i = 0; i < 100; ++i) queries.push_back(query(i % 2 == 0 ? "/no/x" : "/yes"));
  const auto kinds = ask(std::move(queries));
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(kinds[i], i % 2 == 0 ? "robots.refused" : "");
  }
  EXPECT_EQ(ask("/no"), "robots.refused");
  EXPECT_EQ(server_->requests().size(), 1U);
  EXPECT_TRUE(server_->requests()[0].starts_with("GET /robots.txt HTTP/1.1\r\n"));
  EXPECT_NE(server_->requests()[0].find("User-Agent: penstock/1.0\r\n"), std::string::npos);
}

TEST_F(RobotsGateTest, RulesAreByProduct) {
  serve(answer("200 OK", "user-agent: other\ndisallow: /"));
  EXPECT_EQ(ask({query("/x", "other/2 (+http://o.org)")})[0], "robots.refused");
  EXPECT_EQ(ask({query("/x", "penstock")})[0], "");
}

TEST_F(RobotsGateTest, NoFileAllowsEverything) {
  serve(answer("404 Not Found", "disallow: /"));
  EXPECT_EQ(ask("/x"), "");
}

TEST_F(RobotsGateTest, AServerInTroubleIsAskedAgainLater) {
  serve(answer("503 Busy", ""));
  EXPECT_EQ(ask("/x"), "robots.unavailable");
  EXPECT_EQ(ask("/x"), "robots.unavailable");
  EXPECT_EQ(server_->requests().size(), 1U);
  serve(answer("429 Slow", ""));
  EXPECT_EQ(ask("/x"), "robots.unavailable");
}

TEST_F(RobotsGateTest, RedirectsAreFollowedAFewTimes) {
  server_.emplace([](const std::string& request) {
    const bool arrived = request.starts_with("GET /r ");
    return ScriptedAnswer{arrived ? answer("200 OK", "user-agent: *\ndisallow: /")
                                  : answer("302 Found", "", "Location: /r\r\n")};
  });
  EXPECT_EQ(ask("/x"), "robots.refused");
  serve(answer("302 Found", "", "Location: /again\r\n"));
  EXPECT_EQ(ask("/x"), "");
  EXPECT_EQ(server_->requests().size(), 6U);
}

TEST_F(RobotsGateTest, AnEndlessFileIsCut) {
  std::string text = "user-agent: *\ndisallow: /no\n";
  text.append(2 << 20, '#');
  serve(answer("200 OK", text));
  EXPECT_EQ(ask("/no"), "robots.refused");
}

TEST_F(RobotsGateTest, AFileThatBreaksOffIsNone) {
  server_.emplace([](const std::string&) {
    return ScriptedAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nuser-agent: *\n",
                          ScriptedAnswer::Then::close};
  });
  EXPECT_EQ(ask("/x"), "robots.unavailable");
}

TEST_F(RobotsGateTest, ARefusalIsForWhomItIsFor) {
  serve(answer("200 OK", ""));
  RobotsQuery guarded = query("/x");
  guarded.guard = std::make_shared<net::AddressGuard>(std::vector<net::AddressRange>{});
  EXPECT_EQ(ask({guarded})[0], "address.refused");
  EXPECT_EQ(ask("/x"), "");
  EXPECT_EQ(ask({guarded})[0], "address.refused");
}

TEST_F(RobotsGateTest, TheGuardHoldsHereToo) {
  serve(answer("200 OK", ""));
  guard_ = std::make_shared<net::AddressGuard>(std::vector<net::AddressRange>{});
  EXPECT_EQ(ask("/x"), "address.refused");
}

TEST_F(RobotsGateTest, MemoryIsBounded) {
  // Servers are on different ports, so they are different hosts; each has half a MiB of rules.
  std::string text = "user-agent: *\n";
  while (text.size() < 400'000) text += "disallow: /" + std::to_string(text.size()) + "\n";
  for (int i = 0; i < 30; ++i) {
    serve(answer("200 OK", text));
    EXPECT_EQ(ask("/x"), "");
    EXPECT_GT(gate().kept_bytes(), text.size());
    EXPECT_LE(gate().kept_bytes(), RobotsGate::kKeptBytesMax);
  }
}

}  // namespace
}  // namespace penstock::steps
