// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The whole engine on a simulated clock against a simulated service, thousands of seeds: random
// results, failures, throttles, crashes, redirects, following pages, slow answers, and engines that
// are killed. What must hold is checked from the service's side and from the rows.
#include <gtest/gtest.h>
#include <penstock/testing.h>

#include <cstdlib>
#include <map>
#include <set>

#include "core/fingerprint.h"
#include "core/json.h"
#include "core/value.h"
#include "engine/run.h"
#include "ledger/memory_ledger.h"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;
using testing::FunctionExecutor;
using testing::ListSource;
using testing::ManualClock;
using testing::RecordingSink;
using testing::VirtualWaker;

constexpr int kTerms = 24;
constexpr int kHosts = 5;
constexpr std::int64_t kSearchesPerSecond = 20;
constexpr std::int64_t kAtOncePerHost = 2;
constexpr auto kSpacing = 50ms;

struct Killed {};

/// How often each fault was fired, over all seeds.
struct FaultCounts {
  std::uint64_t failed = 0, throttled = 0, crashed = 0, returned = 0, moved = 0, slow = 0,
                killed = 0, paged = 0, shared = 0;
};

/// An even number in [0, 1) that follows from the seed and what it is asked about.
double chance(std::uint64_t seed, std::string_view what, std::uint64_t nth = 0) {
  const std::string text = std::to_string(seed) + ":" + std::string(what) + ":" + std::to_string(nth);
  return static_cast<double>(fingerprint(text).words[0] >> 11U) * 0x1.0p-53;
}

std::string host_of(std::string_view url) {
  const std::string_view rest = url.substr(url.find("//") + 2);
  return std::string(rest.substr(0, rest.find('/')));
}

std::string field(std::string_view value, std::string_view name) {
  const auto document = json::Document::parse(value);
  const auto node = lookup(document->root(), name);
  return node ? std::string(node->text()) : std::string();
}

/// The plan half alone: the run half is the simulated service.
class SimulatedStep final : public Step {
 public:
  explicit SimulatedStep(bool has_host) : has_host_(has_host) {}
  std::string_view kind() const override { return "simulated"; }
  Repeatable repeatable() const override { return Repeatable::yes; }
  Result<std::string> limit_key(std::string_view value, std::string_view hop) const override {
    if (!has_host_) return std::string();
    return host_of(hop.empty() ? field(value, "url") : hop);
  }
  Result<std::string> preview(std::string_view) const override { return std::string(); }
  Fingerprint fingerprint() const override { return {}; }
  std::unique_ptr<StepRunner> make_runner(StepContext&) const override { return nullptr; }

 private:
  bool has_host_;
};

/// Answers calls and watches its callers.
class Service {
 public:
  Service(std::uint64_t seed, ManualClock& clock, VirtualWaker& waker, FaultCounts& faults)
      : seed_(seed), clock_(clock), waker_(waker), faults_(faults) {}

  FunctionExecutor::Answer answer(const Call& call) {
    const CallItem& item = call.items.front();
    const std::string name = std::to_string(item.item.value) + item.hop;
    const std::uint64_t nth = ++calls_[name];
    watch_start(call);
    FunctionExecutor::Answer answer{20ms + 1ms * static_cast<int>(200 * chance(seed_, name, nth)), {}};
    if (chance(seed_, "slow" + name, nth) < 0.05) {
      ++faults_.slow;
      answer.latency += 5s;
    }
    ItemVerdict verdict = misbehave(call, nth, answer.call);
    if (verdict.outcome == Outcome::done) verdict = behave(call);
    if (call.step == StepIndex{1}) watch_end(call, verdict, clock_.now() + answer.latency);
    answer.call.verdicts.push_back(std::move(verdict));
    return answer;
  }

  /// How often something was answered that had been answered before.
  std::uint64_t repeats() const { return repeats_; }

  void check_rate() const {
    for (std::size_t i = static_cast<std::size_t>(kSearchesPerSecond); i < searches_.size(); ++i) {
      EXPECT_GT(searches_[i] - searches_[i - static_cast<std::size_t>(kSearchesPerSecond)], 1s)
          << "seed " << seed_;
    }
  }

  std::string host_of_call(const Call& call) const {
    const CallItem& item = call.items.front();
    return host_of(item.hop.empty() ? field(item.value, "url") : item.hop);
  }

 private:
  void watch_start(const Call& call) {
    const TimePoint now = clock_.now();
    ASSERT_GE(now, call.not_before);
    if (call.step == StepIndex{0}) searches_.push_back(now);
    if (call.step != StepIndex{1}) return;
    const std::string host = host_of_call(call);
    EXPECT_LE(++in_flight_[host], kAtOncePerHost) << "seed " << seed_ << " host " << host;
    const auto last = last_start_.find(host);
    if (last != last_start_.end()) {
      EXPECT_GE(now - last->second, kSpacing) << "seed " << seed_ << " host " << host;
    }
    last_start_[host] = now;
    for (const auto& [from, until] : paused_[host]) {
      EXPECT_FALSE(now > from && now < until)
          << "seed " << seed_ << ": " << host << " was called before its Retry-After";
    }
  }

  void watch_end(const Call& call, const ItemVerdict& verdict, TimePoint when) {
    const std::string host = host_of_call(call);
    waker_.at(when, [this, host] { --in_flight_[host]; });
    if (verdict.outcome == Outcome::failed && verdict.error.code == Errc::throttled) {
      paused_[host].emplace_back(when + 20ms, when + 700ms);  // 20 ms: what is granted already.
    }
  }

  ItemVerdict misbehave(const Call& call, std::uint64_t nth, FinishedCall& finished) {
    const CallItem& item = call.items.front();
    const std::string name = std::to_string(item.item.value) + item.hop;
    ItemVerdict verdict{.outcome = Outcome::failed};
    if (is_poison(item)) {
      ++faults_.crashed;
      verdict.error = {Errc::crashed, "killed its worker", "crash.SIGSEGV", Sent::maybe};
      return verdict;
    }
    if (is_gone(item)) {
      verdict.error = {Errc::rejected, "gone", "http.404", Sent::yes};
      return verdict;
    }
    if (nth > 2) return {.outcome = Outcome::done};  // Within the attempts that the plan allows.
    const double dice = chance(seed_, "dice" + name, nth);
    if (dice < 0.08) {
      ++faults_.failed;
      verdict.error = {Errc::unavailable, "not now", "http.503", Sent::yes};
    } else if (dice < 0.12) {
      ++faults_.throttled;
      verdict.error = {Errc::throttled, "slow down", "http.429", Sent::yes, 700ms};
      finished.rate_headers = {{"retry-after-ms", "700"}};
    } else if (dice < 0.15) {
      ++faults_.crashed;
      verdict.error = {Errc::crashed, "killed its worker", "crash.SIGSEGV", Sent::maybe};
    } else if (dice < 0.18) {
      ++faults_.returned;
      verdict.outcome = Outcome::returned;
    } else if (dice < 0.26 && call.step == StepIndex{1} && item.hop.empty()) {
      ++faults_.moved;
      verdict.outcome = Outcome::moved;
      verdict.moved_status = 302;
      verdict.link = "http://h" + std::to_string(nth % kHosts) + "/moved" + name;
    } else {
      verdict.outcome = Outcome::done;
    }
    return verdict;
  }

  ItemVerdict behave(const Call& call) {
    const CallItem& item = call.items.front();
    if (!done_.insert(item.item.value).second) ++repeats_;
    ItemVerdict verdict{.outcome = Outcome::done};
    verdict.output = "{\"step\":" + std::to_string(static_cast<int>(call.step)) + "}";
    if (call.step != StepIndex{0}) return verdict;
    const int page = item.hop.empty() ? 1 : std::stoi(item.hop.substr(item.hop.rfind('=') + 1));
    const std::string term = field(item.value, "term");
    verdict.fans_out = true;
    for (const std::string& url : urls(term, page)) {
      verdict.elements.push_back("{\"url\":\"" + url + "\"}");
    }
    if (page < pages(term)) {
      ++faults_.paged;
      verdict.link = "http://search/" + term + "?page=" + std::to_string(page + 1);
    }
    return verdict;
  }

 public:
  int pages(const std::string& term) const {
    return chance(seed_, "pages" + term) < 0.2 ? 3 : 1;
  }

  std::vector<std::string> urls(const std::string& term, int page) const {
    const auto count = static_cast<int>(8 * chance(seed_, "count" + term, static_cast<std::uint64_t>(page)));
    std::vector<std::string> urls;
    for (int i = 0; i < count; ++i) {
      const std::string place = term + "-" + std::to_string(page) + "-" + std::to_string(i);
      const auto host = static_cast<int>(kHosts * chance(seed_, "host" + place));
      // Some pages are named by several searches.
      const bool is_shared = chance(seed_, "shared" + place) < 0.15;
      urls.push_back("http://h" + std::to_string(is_shared ? 0 : host) + "/" +
                     (is_shared ? "shared" + std::to_string(i % 3) : place));
    }
    return urls;
  }

  /// What becomes of the page or text of this URL.
  bool url_is_gone(const std::string& url) const { return chance(seed_, "gone" + url) < 0.05; }
  bool url_is_poison(const std::string& url) const { return chance(seed_, "poison" + url) < 0.02; }

 private:
  bool is_gone(const CallItem& item) const {
    return item.item.step() == StepIndex{1} && url_is_gone(field(item.value, "url"));
  }
  bool is_poison(const CallItem& item) const {
    return item.item.step() == StepIndex{1} && url_is_poison(field(item.value, "url"));
  }

  std::uint64_t seed_;
  ManualClock& clock_;
  VirtualWaker& waker_;
  FaultCounts& faults_;
  std::map<std::string, std::uint64_t> calls_;
  std::set<std::uint64_t> done_;
  std::uint64_t repeats_ = 0;
  std::vector<TimePoint> searches_;
  std::map<std::string, std::int64_t> in_flight_;
  std::map<std::string, TimePoint> last_start_;
  std::map<std::string, std::vector<std::pair<TimePoint, TimePoint>>> paused_;
};

}  // namespace
}  // namespace penstock::engine
