// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The step from call to verdict, against a server that says what the test wants.
#include "steps/http_step.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>

#include "net/scripted_server.h"
#include "steps/worker_fake.h"

namespace penstock::steps {
namespace {

using net::ScriptedAnswer;
using net::ScriptedServer;
using placeholders::Place;
using placeholders::Template;

std::string answer(std::string_view type, std::string_view body, std::string_view more = "") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(type) + "\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

Template text(std::string_view source, Place place = Place::plain) {
  auto parsed = Template::parse(source, place);
  EXPECT_TRUE(parsed) << source;
  return std::move(*parsed);
}

class HttpStepTest : public testing::Test {
 protected:
  void serve(std::string bytes) {
    serve([bytes = std::move(bytes)](const std::string&) { return ScriptedAnswer{bytes}; });
  }
  void serve(ScriptedServer::Script script) { server_.emplace(std::move(script)); }

  /// Items name a path of the server.
  void point_at_server() { options_.ask.url = text(server_->url("/{path}"), Place::url); }

  CallItem item(std::string value, std::string hop = "", std::uint16_t hop_status = 0) {
    CallItem made;
    made.item = ItemId::of(StepIndex{1}, ++items_);
    made.value = std::move(value);
    made.hop = std::move(hop);
    made.hop_status = hop_status;
    return made;
  }
  CallItem page(std::string_view path = "x") {
    return item(R"({"path":")" + std::string(path) + "\"}");
  }

  FinishedCall run(CallItem one) {
    if (options_.ask.url.text().empty()) point_at_server();
    if (!step_) step_ = make_http_step(options_);
    if (!runner_) runner_ = step_->make_runner(worker_);
    Call call;
    call.id = CallId{items_};
    call.items.push_back(std::move(one));
    runner_->start(std::move(call));
    worker_.wait_for(worker_.finished.size() + (worker_.finished.empty() ? 1 : 0));
    FinishedCall finished = std::move(worker_.finished.back());
    worker_.finished.clear();
    return finished;
  }
  ItemVerdict verdict(CallItem one) { return std::move(run(std::move(one)).verdicts.at(0)); }

  WorkerFake worker_;
  HttpOptions options_;
  std::optional<ScriptedServer> server_;
  std::shared_ptr<const Step> step_;
  std::unique_ptr<StepRunner> runner_;
  std::uint64_t items_ = 0;
};

TEST_F(HttpStepTest, JsonPassesThroughAsItIs) {
  serve(answer("application/json", R"({ "n" : 1.10, "s":"x" })"));
  options_.take.as = HttpAs::json;
  const FinishedCall finished = run(page("a b"));
  const ItemVerdict& verdict = finished.verdicts.at(0);
  EXPECT_EQ(verdict.outcome, Outcome::done);
  EXPECT_EQ(verdict.output, R"({"n":1.10,"s":"x"})");
  EXPECT_FALSE(verdict.fans_out);
  EXPECT_GT(finished.sent_at, TimePoint{});
  EXPECT_GT(finished.elapsed, Duration{0});
  EXPECT_GT(finished.bytes, 20U);
  EXPECT_TRUE(server_->requests()[0].starts_with("GET /a%20b HTTP/1.1\r\n"));
}

TEST_F(HttpStepTest, ElementsFanOut) {
  serve(answer("application/json", R"({"total":2,"results":[{"url":"u"},7],"next":"/p2"})"));
  options_.take.as = HttpAs::json;
  options_.take.each = "/results";
  options_.take.next = "/next";
  const ItemVerdict one = verdict(page());
  EXPECT_TRUE(one.fans_out);
  EXPECT_EQ(one.elements, (std::vector<std::string>{R"({"url":"u"})", R"({"value":7})"}));
  EXPECT_EQ(one.output, R"({"total":2,"next":"/p2"})");
  EXPECT_EQ(one.link, server_->url("/p2"));
}

TEST_F(HttpStepTest, HtmlBecomesText) {
  serve(answer("text/html", "<title>T</title><p>caf\xe9", "X-Other: 1\r\n"));
  options_.take.as = HttpAs::text;
  const ItemVerdict one = verdict(page());
  EXPECT_EQ(one.output, "{\"text\":\"caf\xEF\xBF\xBD\",\"title\":\"T\",\"url\":\"" +
                            server_->url("/x") + "\",\"type\":\"text/html\",\"bytes\":23}");
}

TEST_F(HttpStepTest, LargeBodiesAreParsedOnTheComputeThread) {
  serve(answer("text/plain", std::string(100'000, 'x')));
  options_.take.as = HttpAs::text;
  EXPECT_EQ(verdict(page()).outcome, Outcome::done);
  EXPECT_EQ(worker_.computed, 1);
  EXPECT_EQ(worker_.marked, 1);
}

TEST_F(HttpStepTest, BodiesGoToFiles) {
  serve(answer("application/pdf", "%PDF"));
  options_.take.as = HttpAs::file;
  CallItem one = page();
  const std::string path = worker_.files_folder() + "/" + std::to_string(one.item.value);
  const ItemVerdict done = verdict(std::move(one));
  EXPECT_EQ(done.outcome, Outcome::done);
  EXPECT_NE(done.output.find("\"file\":\"" + path + "\""), std::string::npos) << done.output;
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "%PDF");
}

TEST_F(HttpStepTest, AFileOfACutBodyIsRemoved) {
  serve([](const std::string&) {
    return ScriptedAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                          ScriptedAnswer::Then::close};
  });
  options_.take.as = HttpAs::file;
  EXPECT_EQ(verdict(page()).error.kind, "body.cut");
  EXPECT_TRUE(std::filesystem::is_empty(worker_.files_folder()));
}

TEST_F(HttpStepTest, UnwantedTypesEndAfterTheirHeaders) {
  serve("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 1000000000\r\n\r\nabc");
  options_.take.accept = {"text/html"};
  const ItemVerdict one = verdict(page());
  EXPECT_EQ(one.outcome, Outcome::skipped);
  EXPECT_EQ(one.error.kind, "skipped.type");
  EXPECT_NE(server_->requests()[0].find("Accept: text/html\r\n"), std::string::npos);
}

TEST_F(HttpStepTest, RedirectsAreReported) {
  serve("HTTP/1.1 301 Moved\r\nLocation: ../y?z=1#f\r\nContent-Length: 0\r\n\r\n");
  const ItemVerdict one = verdict(page("a/b"));
  EXPECT_EQ(one.outcome, Outcome::moved);
  EXPECT_EQ(one.moved_status, 301);
  EXPECT_EQ(one.link, server_->url("/y?z=1"));
}

TEST_F(HttpStepTest, NoSecretOfAUrlLeavesTheWorker) {
  options_.ask.resolve = [](std::string_view) { return std::string("hunter2"); };
  serve([](const std::string& request) {
    if (request.starts_with("GET /x?key=hunter2 ")) {
      return ScriptedAnswer{
          "HTTP/1.1 302 Found\r\nLocation: /y?key=hunter2\r\nContent-Length: 0\r\n\r\n"};
    }
    if (!request.starts_with("GET /y?key=hunter2 ")) return ScriptedAnswer{};
    return ScriptedAnswer{
        answer("text/plain", "got it", "Link: <gopher://hunter2/>; rel=next\r\n")};
  });
  options_.ask.url = text(server_->url("/{path}?key={secret.KEY}"), Place::url);
  const ItemVerdict moved = verdict(page());
  EXPECT_EQ(moved.outcome, Outcome::moved);
  EXPECT_EQ(moved.link, server_->url("/y?key=%7Bsecret.KEY%7D"));
  const ItemVerdict done = verdict(item(R"({"path":"x"})", moved.link, 302));
  EXPECT_EQ(done.output, R"({"body":"got it","url":")" + server_->url("/y?key=***") +
                             R"(","type":"text/plain","bytes":6})");
  options_.take.next = "link";
  step_.reset();
  runner_.reset();
  const ItemVerdict failed = verdict(item(R"({"path":"x"})", moved.link, 302));
  EXPECT_EQ(failed.error.kind, "url.scheme");
  EXPECT_EQ(failed.error.message.find("hunter2"), std::string::npos) << failed.error.message;
}

TEST_F(HttpStepTest, ThrottlesTellTheirHeaders) {
  serve(
      "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nX-RateLimit-Limit: 5\r\nDate: d\r\nX-Other: 1\r\n"
      "Content-Length: 0\r\n\r\n");
  const FinishedCall finished = run(page());
  EXPECT_EQ(finished.verdicts[0].error.code, Errc::throttled);
  using Headers = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(finished.rate_headers,
            (Headers{{"retry-after", "7"}, {"x-ratelimit-limit", "5"}, {"date", "d"}}));
}

TEST_F(HttpStepTest, ItemsThatCannotBeSentAreErrors) {
  serve(answer("text/plain", "x"));
  options_.ask.headers = {{"X-Item", text("{h}", Place::header)}};
  EXPECT_EQ(verdict(item(R"({"path":"x"})")).error.kind, "item.field");
  EXPECT_EQ(verdict(item(R"({"path":"x","h":"a\r\nb"})")).error.kind, "item.header");
  EXPECT_EQ(verdict(item(R"({"path":"x","h":"a"})", "ftp://x/")).error.kind, "url.scheme");
  EXPECT_TRUE(server_->requests().empty());
}

TEST_F(HttpStepTest, NothingIsSentBeforeTheGrant) {
  serve(answer("text/plain", "x"));
  point_at_server();
  step_ = make_http_step(options_);
  runner_ = step_->make_runner(worker_);
  Call call;
  call.not_before = TimePoint::clock::now() + std::chrono::milliseconds(15);
  call.items.push_back(page());
  call.tells_start = true;
  const TimePoint not_before = call.not_before;
  runner_->start(std::move(call));
  worker_.wait_for(1);
  EXPECT_GE(worker_.finished[0].sent_at, not_before);
  ASSERT_EQ(worker_.starts.size(), 1U);
  EXPECT_EQ(worker_.starts[0].second, worker_.finished[0].sent_at);
}

TEST_F(HttpStepTest, CancelFinishesTheCall) {
  serve("");  // Never answers.
  point_at_server();
  step_ = make_http_step(options_);
  runner_ = step_->make_runner(worker_);
  Call early;
  early.id = CallId{1};
  early.not_before = TimePoint::clock::now() + std::chrono::hours(1);
  early.items.push_back(page());
  runner_->start(std::move(early));
  Call sent;
  sent.id = CallId{2};
  sent.items.push_back(page());
  runner_->start(std::move(sent));
  while (server_->requests().empty()) {
    worker_.loop().run_once(TimePoint::clock::now() + std::chrono::milliseconds(1));
  }
  runner_->cancel(CallId{1});
  runner_->cancel(CallId{2});
  runner_->cancel(CallId{3});
  worker_.wait_for(2);
  EXPECT_EQ(worker_.finished[0].verdicts[0].error.code, Errc::cancelled);
  EXPECT_EQ(worker_.finished[0].verdicts[0].error.sent, Sent::no);
  EXPECT_EQ(worker_.finished[1].verdicts[0].error.code, Errc::cancelled);
  EXPECT_EQ(worker_.finished[1].verdicts[0].error.sent, Sent::maybe);
}

TEST_F(HttpStepTest, ARunnerThatGoesAwayIsNotCalled) {
  serve("");
  point_at_server();
  step_ = make_http_step(options_);
  runner_ = step_->make_runner(worker_);
  Call call;
  call.items.push_back(page());
  runner_->start(std::move(call));
  worker_.loop().run_once(TimePoint::clock::now());
  runner_.reset();
  worker_.loop().run_once(TimePoint::clock::now() + std::chrono::milliseconds(5));
  EXPECT_TRUE(worker_.finished.empty());
}

TEST_F(HttpStepTest, RobotsRulesHoldForUrlsOutOfResponses) {
  serve([](const std::string& request) {
    const bool robots = request.starts_with("GET /robots.txt");
    return ScriptedAnswer{answer("text/plain", robots ? "user-agent: *\ndisallow: /no" : "x")};
  });
  options_.manners.robots = RobotsRules::obey;
  EXPECT_EQ(verdict(page("no/1")).outcome, Outcome::done);  // The job's own URL.
  const ItemVerdict refused = verdict(item(R"({"path":"x"})", server_->url("/no/2"), 302));
  EXPECT_EQ(refused.outcome, Outcome::skipped);
  EXPECT_EQ(refused.error.kind, "robots.refused");
  EXPECT_EQ(verdict(item(R"({"path":"x"})", server_->url("/yes"), 302)).outcome, Outcome::done);
}

TEST_F(HttpStepTest, TheGuardHoldsForUrlsOutOfResponses) {
  serve(answer("text/plain", "x"));
  options_.manners.guard = std::make_shared<net::AddressGuard>(std::vector<net::AddressRange>{});
  EXPECT_EQ(verdict(page()).outcome, Outcome::done);
  EXPECT_EQ(verdict(item(R"({"path":"x"})", server_->url("/"), 302)).error.kind, "address.refused");
}

TEST_F(HttpStepTest, TheHostIsFoundInTheUrlOrInTheItem) {
  const auto host = [this](std::string_view url) {
    options_.ask.url = text(url, Place::url);
    return *make_http_step(options_)->limit_key(R"({"id":"b.org"})", "");
  };
  EXPECT_EQ(host("http://A.org/{id}"), "a.org");
  EXPECT_EQ(host("http://a.org:80?q={id}"), "a.org");
  EXPECT_EQ(host("http://{id}:81/x"), "b.org:81");
  EXPECT_EQ(host("http://x.{id}/x"), "x.b.org");
}

TEST_F(HttpStepTest, PlanHalf) {
  options_.ask.url = text("https://a.org:8443/{id}?key={secret.KEY}", Place::url);
  options_.ask.headers = {{"Authorization", text("Bearer {secret.KEY}", Place::header)}};
  options_.ask.resolve = [](std::string_view) { return std::string("hunter2"); };
  const auto step = make_http_step(options_);
  EXPECT_EQ(step->kind(), "http");
  EXPECT_EQ(*step->limit_key(R"({"id":1})", ""), "a.org:8443");
  EXPECT_EQ(*step->limit_key(R"({"id":1})", "http://b.org/x"), "b.org");
  EXPECT_EQ(step->limit_key("{}", "").error().kind, "item.field");
  EXPECT_EQ(step->limit_key(R"({"id":null})", "").error().kind, "item.field");
  const std::string preview = *step->preview(R"({"id":1})");
  EXPECT_TRUE(preview.starts_with("GET https://a.org:8443/1?key=***\n")) << preview;
  EXPECT_EQ(preview.find("hunter2"), std::string::npos);
  EXPECT_EQ(step->repeatable(), Repeatable::yes);
}

TEST_F(HttpStepTest, FingerprintCoversWhatChangesAnswers) {
  const auto fingerprint = [&] { return make_http_step(options_)->fingerprint(); };
  options_.ask.url = text("http://a.org/{id}", Place::url);
  const Fingerprint plain = fingerprint();
  options_.manners.user_agent = "other";
  options_.manners.robots = RobotsRules::obey;
  options_.repeatable = Repeatable::no;
  options_.profile = std::make_shared<net::HttpProfile>(net::HttpProfile{.ca_file = "x"});
  EXPECT_EQ(fingerprint(), plain);
  options_.take.as = HttpAs::text;
  const Fingerprint as_text = fingerprint();
  EXPECT_NE(as_text, plain);
  options_.ask.query = {{"q", text("{q}", Place::query)}};
  EXPECT_NE(fingerprint(), as_text);
}

TEST_F(HttpStepTest, ItsOutlineIsAsTheJobHasIt) {
  options_.ask.method = "POST";
  options_.ask.url = text("https://x.example/{env.TEAM}?q={term}", Place::url);
  EXPECT_EQ(make_http_step(options_)->outline(), "POST https://x.example/{env.TEAM}?q={term}");
}

}  // namespace
}  // namespace penstock::steps
