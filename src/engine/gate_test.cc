// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/gate.h"

#include <gtest/gtest.h>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr StepIndex kStep{0};

Plan plan() {
  Plan plan;
  plan.limits.push_back({.name = "all", .all = {.concurrency = Concurrency{3, false}}});
  plan.limits.push_back(
      {.name = "hosts", .per = "host", .each = {.concurrency = Concurrency{1, false}}});
  plan.limits.push_back({.name = "tenants", .per = "{tenant}"});
  plan.steps.resize(1);
  plan.steps[0].name = "page";
  plan.steps[0].limits = {0, 1, 2};
  plan.steps[0].retry.circuit.failures = 2;
  return plan;
}

class OneByOne final : public Step {
 public:
  std::string_view kind() const override { return "plain"; }
  Repeatable repeatable() const override { return Repeatable::yes; }
  Result<std::string> limit_key(std::string_view, std::string_view) const override {
    return std::string();
  }
  Result<std::string> preview(std::string_view) const override { return std::string(); }
  Fingerprint fingerprint() const override { return {}; }
  std::unique_ptr<StepRunner> make_runner(StepContext&) const override { return nullptr; }
};

class GateTest : public ::testing::Test {
 protected:
  std::vector<std::string> keys(const std::string& host) { return {"", host, tenant_}; }
  bool opens(const std::string& host) {
    return gate_.ask(kStep, host, keys(host), now_).answer.granted();
  }
  void call(const std::string& host, const Error* error) {
    Grant grant = gate_.take(kStep, host, keys(host), now_, now_);
    FinishedCall call;
    call.sent_at = now_;
    call.verdicts.resize(1);
    call.verdicts[0].outcome = error == nullptr ? Outcome::done : Outcome::failed;
    if (error != nullptr) call.verdicts[0].error = *error;
    gate_.release(kStep, host, keys(host), grant, call, now_, WallTime{});
  }

  Plan plan_ = plan();
  Gate gate_{plan_};
  TimePoint now_{1h};
  std::string tenant_ = "t1";
};

TEST_F(GateTest, NamesOfQueuesHoldTheirKeys) {
  const auto document = json::Document::parse(R"({"tenant":"t1"})");
  const auto found = gate_.keys(plan_.steps[0], "a.test", document->root(), {});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, keys("a.test"));
  const std::string name = gate_.join(plan_.steps[0], "a.test", *found);
  EXPECT_EQ(gate_.split(plan_.steps[0], name), *found);
}

TEST_F(GateTest, AWorkerGetsNoMoreOfItsShareThanItTakes) {
  plan_.distribution = Distribution::static_ranges;
  plan_.concurrency = 2;
  plan_.steps[0].limits = {};
  plan_.steps[0].step = std::make_shared<OneByOne>();
  const auto document = json::Document::parse("{}");
  const auto found = gate_.keys(plan_.steps[0], "", document->root(), 7);
  ASSERT_TRUE(found);
  EXPECT_EQ(gate_.share_of(*found), 7U);
  const std::string queue = gate_.join(plan_.steps[0], "a.test", *found);
  EXPECT_EQ(gate_.split(plan_.steps[0], queue), *found) << "also when it comes from the ledger";
  Grant first = gate_.take(kStep, queue, *found, now_, now_);
  gate_.take(kStep, queue, *found, now_, now_);
  const GateAnswer full = gate_.ask(kStep, queue, *found, now_);
  EXPECT_EQ(full.answer.hold, limits::Hold::release);
  EXPECT_EQ(full.source, gate_.shares());
  EXPECT_TRUE(gate_
                  .ask(kStep,
                       "\x1f"
                       "8",
                       {"8"}, now_)
                  .answer.granted())
      << "another worker's";
  gate_.release(kStep, queue, *found, first, FinishedCall{}, now_, WallTime{});
  EXPECT_TRUE(gate_.ask(kStep, queue, *found, now_).answer.granted());
}

TEST_F(GateTest, AnItemWithoutTheFieldOfALimitIsRefused) {
  const auto document = json::Document::parse("{}");
  const auto found = gate_.keys(plan_.steps[0], "a.test", document->root(), {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, "item.field");
}

TEST_F(GateTest, AllLimitsMustGrant) {
  Grant first = gate_.take(kStep, "a", keys("a"), now_, now_);
  EXPECT_FALSE(opens("a")) << "one at once for each host";
  EXPECT_TRUE(opens("b"));
  Grant second = gate_.take(kStep, "b", keys("b"), now_, now_);
  Grant third = gate_.take(kStep, "c", keys("c"), now_, now_);
  EXPECT_FALSE(opens("d")) << "three at once in all";
  EXPECT_FALSE(gate_.is_open_to_others(kStep, now_));
}

TEST_F(GateTest, AHostThatOnlyFailsRests) {
  const Error down{Errc::unavailable, "refused", "connect.refused", Sent::no};
  call("a", &down);
  EXPECT_TRUE(opens("a"));
  call("a", &down);
  const GateAnswer answer = gate_.ask(kStep, "a", keys("a"), now_);
  EXPECT_EQ(answer.answer.hold, limits::Hold::time);
  EXPECT_EQ(answer.source, gate_.circuits_of(kStep));
  EXPECT_TRUE(opens("b"));
}

TEST_F(GateTest, APauseThatWasAskedForHoldsItsHost) {
  Grant grant = gate_.take(kStep, "a", keys("a"), now_, now_);
  FinishedCall call;
  call.sent_at = now_;
  call.rate_headers = {{"retry-after", "2"}};
  call.verdicts.resize(1);
  call.verdicts[0].outcome = Outcome::failed;
  call.verdicts[0].error = {Errc::throttled, "slow down", "http.429", Sent::yes, 2s};
  gate_.release(kStep, "a", keys("a"), grant, call, now_, WallTime{});
  EXPECT_FALSE(opens("a"));
  tenant_ = "t2";
  EXPECT_TRUE(opens("b")) << "one host does not stop the run, though a limit is for all";
  now_ += 2s;
  EXPECT_TRUE(opens("a"));
}

TEST_F(GateTest, NothingLeftAtOneHostIsNothingLeftThere) {
  plan_.steps[0].limits = {0};
  const std::vector<std::string> key{""};
  const auto answer = [&](const std::string& host) {
    Grant grant = gate_.take(kStep, host, key, now_, now_);
    FinishedCall call;
    call.sent_at = now_;
    call.rate_headers = {
        {"x-ratelimit-limit", "9"}, {"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "7"}};
    call.verdicts.resize(1);
    call.verdicts[0].outcome = Outcome::done;
    gate_.release(kStep, host, key, grant, call, now_, WallTime{});
  };
  const auto open = [&](const std::string& host) {
    return gate_.ask(kStep, host, key, now_).answer.granted();
  };
  answer("a");
  EXPECT_FALSE(open("a"));
  now_ += 7s;
  answer("b");
  EXPECT_FALSE(open("b"));
  EXPECT_TRUE(open("a"));
}

}  // namespace
}  // namespace penstock::engine
