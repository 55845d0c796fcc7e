// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The whole engine on a simulated clock against a simulated service, thousands of seeds: random
// results, failures, throttles, crashes, redirects, following pages, slow answers, and engines that
// are killed. What must hold is checked from the service's side and from the rows.
#include <gtest/gtest.h>
#include <penstock/ledgers.h>
#include <penstock/testing.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "core/fingerprint.h"
#include "core/json.h"
#include "core/value.h"
#include "engine/run.h"

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
                killed = 0, paged = 0, items = 0;
};

/// An even number in [0, 1) that follows from the seed and what it is asked about.
double chance(std::uint64_t seed, std::string_view what, std::uint64_t nth = 0) {
  const std::string text =
      std::to_string(seed) + ":" + std::string(what) + ":" + std::to_string(nth);
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
class Peer {
 public:
  Peer(std::uint64_t seed, ManualClock& clock, FaultCounts& faults)
      : seed_(seed), clock_(clock), faults_(faults) {}

  FunctionExecutor::Answer answer(const Call& call) {
    const CallItem& item = call.items.front();
    const std::string name = std::to_string(item.item.value) + item.hop;
    const std::uint64_t nth = ++calls_[name];
    watch_start(call);
    FunctionExecutor::Answer answer{20ms + 1ms * static_cast<int>(200 * chance(seed_, name, nth)),
                                    {}};
    if (chance(seed_, "slow" + name, nth) < 0.05) {
      ++faults_.slow;
      answer.latency += 5s;
    }
    ItemVerdict verdict = misbehave(call, nth, answer.call);
    if (verdict.outcome == Outcome::done) verdict = behave(call);
    const TimePoint end = clock_.now() + answer.latency;
    if (verdict.outcome == Outcome::done) done_at_.push_back(end);
    if (call.step == StepIndex{1}) watch_end(call, verdict, end);
    answer.call.verdicts.push_back(std::move(verdict));
    return answer;
  }

  /// How often something was answered that had been answered before.
  std::uint64_t repeats() const { return repeats_; }

  /// What was answered since: at most this is asked for again when the engine dies.
  std::uint64_t recent(TimePoint since) const {
    return static_cast<std::uint64_t>(std::count_if(
        done_at_.begin(), done_at_.end(), [since](TimePoint when) { return when >= since; }));
  }
  std::uint64_t items() const { return done_.size(); }

  /// How often a page was fetched after it had been fetched: `unique` says once.
  std::uint64_t fetched_again() const { return fetched_again_; }

  /// The engine died: what was under way to it never arrives.
  void connections_close() {
    ends_.clear();
    for (auto& [host, pauses] : paused_) {
      std::erase_if(pauses,
                    [this](const auto& pause) { return pause.first > clock_.now() - 20ms; });
    }
  }

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
    auto& ends = ends_[host];
    std::erase_if(ends, [now](TimePoint end) { return end <= now; });
    EXPECT_LT(static_cast<std::int64_t>(ends.size()), kAtOncePerHost)
        << "seed " << seed_ << " host " << host;
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
    ends_[host].push_back(when);
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
    if (!done_.insert(field(item.value, "url") + item.hop + std::to_string(item.item.value)).second)
      ++repeats_;
    ItemVerdict verdict{.outcome = Outcome::done};
    verdict.output = "{\"step\":" + std::to_string(static_cast<int>(call.step)) + "}";
    if (call.step == StepIndex{1} && !fetched_.insert(field(item.value, "url")).second) {
      ++fetched_again_;
    }
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
  int pages(const std::string& term) const { return chance(seed_, "pages" + term) < 0.2 ? 3 : 1; }

  std::vector<std::string> urls(const std::string& term, int page) const {
    const auto count =
        static_cast<int>(8 * chance(seed_, "count" + term, static_cast<std::uint64_t>(page)));
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
  FaultCounts& faults_;
  std::map<std::string, std::uint64_t> calls_;
  std::set<std::string> done_;
  std::vector<TimePoint> done_at_;
  std::uint64_t repeats_ = 0;
  std::set<std::string> fetched_;
  std::uint64_t fetched_again_ = 0;
  std::vector<TimePoint> searches_;
  std::map<std::string, std::vector<TimePoint>> ends_;  // Of calls in flight, by host.
  std::map<std::string, TimePoint> last_start_;
  std::map<std::string, std::vector<std::pair<TimePoint, TimePoint>>> paused_;
};

/// One run from its first item to its last, over as many engines as are killed.
class World {
 public:
  World(std::uint64_t seed, FaultCounts& faults)
      : seed_(seed), faults_(faults), peer_(seed, clock_, faults) {
    plan_.name = "simulated";
    plan_.workers = 4;
    plan_.concurrency = 4;
    plan_.limits.push_back({.name = "search", .all = {.rates = {{kSearchesPerSecond, 1s}}}});
    plan_.limits.push_back(
        {.name = "pages",
         .per = "host",
         .each = {.concurrency = Concurrency{kAtOncePerHost, false}, .spacing = kSpacing}});
    plan_.steps.push_back(step("search", false, {0}));
    plan_.steps.push_back(step("page", true, {1}));
    plan_.steps.push_back(step("post", false, {}));
    plan_.steps[1].unique = *placeholders::Template::parse("{url}");
  }

  void run(int kills) {
    auto ledger = make_memory_ledger({.step_names = {"search", "page", "post"}}, Retention::all,
                                     sinks(), waker());
    for (int life = 0;; ++life) {
      ledger->hold();
      const bool is_last_life = life == kills;
      if (drive(*ledger, life, is_last_life)) break;
      ++faults_.killed;
      ledger->commit(static_cast<std::size_t>(6 * chance(seed_, "torn", life_seed(life))));
      allowed_repeats_ += peer_.recent(clock_.now() - kCommitEvery);
      peer_.connections_close();
      auto next_waker = std::make_unique<VirtualWaker>(clock_);
      auto next = ledger->reopen(*next_waker, sinks());
      ledger = std::move(next);
      waker_ = std::move(next_waker);
    }
    check();
  }

 private:
  static constexpr auto kCommitEvery = 10ms;

  PlannedStep step(const char* name, bool has_host, std::vector<std::size_t> limits) {
    PlannedStep step;
    step.name = name;
    step.step = std::make_shared<SimulatedStep>(has_host);
    step.limits = std::move(limits);
    step.retry.first_wait = 100ms;
    step.retry.circuit.failures = 0;
    return step;
  }

  VirtualWaker& waker() {
    if (!waker_) waker_ = std::make_unique<VirtualWaker>(clock_);
    return *waker_;
  }

  std::vector<std::unique_ptr<Sink>> sinks() {
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(std::make_unique<RecordingSink>(rows_));
    return sinks;
  }

  std::uint64_t life_seed(int life) const { return static_cast<std::uint64_t>(life) + 1; }

  void commit_now_and_then(MemoryLedger& ledger) {
    waker().at(clock_.now() + kCommitEvery, [this, &ledger] {
      ledger.commit(SIZE_MAX);
      commit_now_and_then(ledger);
    });
  }

  /// False if the engine was killed.
  bool drive(MemoryLedger& ledger, int life, bool to_the_end) {
    std::vector<SourceItem> terms(kTerms);
    for (int i = 0; i < kTerms; ++i) {
      terms[static_cast<std::size_t>(i)].value = "{\"term\":\"t" + std::to_string(i) + "\"}";
    }
    ListSource source(std::move(terms));
    FunctionExecutor executor(waker(), clock_, 16,
                              [this](const Call& call) { return peer_.answer(call); });
    commit_now_and_then(ledger);
    if (!to_the_end) {
      const auto after = 1ms * static_cast<int>(6'000 * chance(seed_, "kill", life_seed(life)));
      waker().at(clock_.now() + after, [] { throw Killed{}; });
    }
    Run run(plan_, {clock_, waker(), source, ledger, executor, seed_});
    try {
      const auto summary = run.drive();
      EXPECT_TRUE(summary) << "seed " << seed_;
      EXPECT_TRUE(summary && summary->reason == StopReason::finished) << "seed " << seed_;
      return true;
    } catch (const Killed&) {
      return false;
    }
  }
  /// The rows that must come out, by key: what became of every page, and of empty searches.
  std::map<std::string, std::string> expected() const {
    std::map<std::string, std::string> rows;
    for (int i = 0; i < kTerms; ++i) {
      const std::string term = "t" + std::to_string(i);
      for (int page = 1; page <= peer_.pages(term); ++page) {
        const std::string suffix = page > 1 ? "@" + std::to_string(page) : "";
        expect_page(std::to_string(i + 1) + suffix, term, page, rows);
      }
    }
    return rows;
  }

  void expect_page(const std::string& key, const std::string& term, int page,
                   std::map<std::string, std::string>& rows) const {
    const auto urls = peer_.urls(term, page);
    if (urls.empty() && page == peer_.pages(term)) rows[key] = "empty";
    for (std::size_t n = 0; n < urls.size(); ++n) {
      rows[key + "/" + std::to_string(n + 1)] = peer_.url_is_poison(urls[n]) ? "poisoned"
                                                : peer_.url_is_gone(urls[n]) ? "failed"
                                                                             : "ok";
    }
  }

  void check() {
    std::map<std::string, std::string> rows;
    for (const RecordingSink::Row& row : rows_) {
      EXPECT_TRUE(rows.emplace(row.key, row.status).second)
          << "seed " << seed_ << ": " << row.key << " stands twice";
    }
    EXPECT_EQ(rows, expected()) << "seed " << seed_;
    peer_.check_rate();
    EXPECT_LE(peer_.repeats(), allowed_repeats_) << "seed " << seed_;
    EXPECT_LE(peer_.fetched_again(), allowed_repeats_) << "seed " << seed_;
    faults_.items += peer_.items();
  }

  std::uint64_t seed_;
  FaultCounts& faults_;
  ManualClock clock_;
  std::unique_ptr<VirtualWaker> waker_;
  Peer peer_;
  Plan plan_;
  std::vector<RecordingSink::Row> rows_;
  std::uint64_t allowed_repeats_ = 0;
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 1'000;  // Ten times slower, and the same code.
#else
constexpr std::uint64_t kSeeds = 10'000;
#endif

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// PENSTOCK_SEED=N replays one seed; PENSTOCK_SEEDS=N runs so many.
TEST(Simulation, EveryPromiseHoldsForEverySeed) {
  FaultCounts faults;
  const std::uint64_t only = from_environment("PENSTOCK_SEED", 0);
  const std::uint64_t seeds = only != 0 ? 1 : from_environment("PENSTOCK_SEEDS", kSeeds);
  for (std::uint64_t i = 1; i <= seeds && !::testing::Test::HasFailure(); ++i) {
    const std::uint64_t seed = only != 0 ? only : i;
    World(seed, faults).run(static_cast<int>(seed % 4));
  }
  if (seeds < 10'000) return;  // A replay does not fire everything.
  EXPECT_GE(faults.items, 200 * seeds);
  for (const std::uint64_t fired :
       {faults.failed, faults.throttled, faults.crashed, faults.returned, faults.moved, faults.slow,
        faults.killed, faults.paged}) {
    EXPECT_GE(fired, 1'000U);
  }
}

}  // namespace
}  // namespace penstock::engine
