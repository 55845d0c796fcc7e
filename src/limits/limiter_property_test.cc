// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a peer sees of a limiter, over random limits, rhythms, delays and crashes: never one start
// too many, and hardly one too few. An engine, its workers and a network in virtual time.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "limits/limiter.h"

namespace penstock::limits {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime kWall{seconds(1'800'000'000)};
constexpr TimePoint kStart{seconds(1000)};

/// How far this world strays from a perfect one.
struct World {
  std::uint64_t seed = 0;
  Duration late_max{0};      ///< A worker writes up to this much after its grant.
  Duration network_max{0};   ///< And the peer sees it up to this much later.
  Duration duration_max{0};  ///< Calls end up to this much after their start.
  Duration pause_max{0};     ///< The engine sometimes has nothing to do for up to this long.
  Duration commit_max{0};    ///< A note is durable up to this much after it was queued.
  int keys = 1;
};

/// An engine that always has work (between its pauses), driven in virtual time.
class Engine {
 public:
  Engine(LimitOptions options, const World& world)
      : options_(std::move(options)),
        world_(world),
        random_(world.seed),
        limiter_(std::make_unique<Limiter>(options_)) {}

  void run(Duration time) {
    const TimePoint end = now_ + time;
    while (now_ < end) step(end);
  }

  /// kill -9: workers live on until the next engine ends them; what they hold, they may send.
  void crash(Duration down) {
    for (const Call& call : calls_) {
      if (!call.is_told && call.start <= now_ + down) arrive(call);
    }
    restart(Shutdown::crashed, down);
  }

  void close_cleanly(Duration down) {
    for (Call& call : calls_) {
      now_ = std::max(now_, call.end);
      finish(call);
    }
    for (const Note& note : limiter_->close(now_, wall())) ledger_[note.name] = note.text;
    restart(Shutdown::clean, down);
  }

  /// Arrivals at the peer by key, in order.
  std::map<std::string, std::vector<TimePoint>> arrivals() const {
    auto arrivals = arrivals_;
    for (auto& [key, times] : arrivals) std::sort(times.begin(), times.end());
    return arrivals;
  }

  const std::map<std::string, std::vector<TimePoint>>& starts() const { return starts_; }
  std::int64_t peak(const std::string& key) const { return peaks_.at(key); }
  std::int64_t taken() const { return taken_; }

 private:
  struct Call {
    std::string key;
    Permit permit;
    TimePoint start;
    TimePoint end;
    bool is_told = false;
  };
  struct Commit {
    TimePoint durable_at;
    Reservation reservation;
  };

  void restart(Shutdown shutdown, Duration down) {
    calls_.clear();
    commits_.clear();
    in_flight_.clear();
    now_ += down;
    limiter_ = std::make_unique<Limiter>(options_);
    limiter_->restore(ledger_, shutdown, now_, wall());
  }

  WallTime wall() const { return kWall + (now_ - kStart); }

  Duration any(Duration most) {
    return Duration(most.count() == 0 ? 0 : static_cast<std::int64_t>(random_() % most.count()));
  }

  void step(TimePoint end) {
    settle();
    TimePoint next = end;
    for (int key = 0; key < world_.keys; ++key) {
      next = std::min(next, admit("host" + std::to_string(key)));
    }
    if (limiter_->wants_reservation()) {
      commits_.push_back({now_ + any(world_.commit_max), limiter_->reserve(now_, wall())});
    }
    for (const Call& call : calls_) next = std::min(next, call.is_told ? call.end : call.start);
    for (const Commit& commit : commits_) next = std::min(next, commit.durable_at);
    now_ = std::max(now_ + microseconds(1), next);
    if (world_.pause_max > Duration(0) && random_() % 16 == 0) now_ += any(world_.pause_max);
  }

  /// Start what may start; when to come back.
  TimePoint admit(const std::string& key) {
    for (;;) {
      const Answer answer = limiter_->ask(key, now_);
      if (!answer.granted()) return answer.at;
      Call call{key, limiter_->take(key, now_, answer.at), answer.at + any(world_.late_max), {}};
      call.end = call.start + microseconds(1) + any(world_.duration_max);
      peaks_[key] = std::max(peaks_[key], ++in_flight_[key]);
      ++taken_;
      calls_.push_back(std::move(call));
    }
  }

  void settle() {
    while (!commits_.empty() && commits_.front().durable_at <= now_) {
      const Reservation& reservation = commits_.front().reservation;
      for (const Note& note : reservation.notes) ledger_[note.name] = note.text;
      limiter_->confirm(reservation.serial);
      commits_.erase(commits_.begin());
    }
    for (Call& call : calls_) {
      if (!call.is_told && call.start <= now_) tell(call);
      if (call.end <= now_) finish(call);
    }
    std::erase_if(calls_, [this](const Call& call) { return call.end <= now_; });
  }

  void tell(Call& call) {
    call.is_told = true;
    limiter_->started(call.permit, call.start);
    arrive(call);
  }

  void finish(Call& call) {
    if (!call.is_told) tell(call);
    limiter_->release(call.permit, Ending::ok, now_);
    --in_flight_[call.key];
  }

  void arrive(const Call& call) {
    starts_[call.key].push_back(call.start);
    arrivals_[call.key].push_back(call.start + any(world_.network_max));
  }

  const LimitOptions options_;
  const World world_;
  std::mt19937_64 random_;
  TimePoint now_ = kStart;
  std::unique_ptr<Limiter> limiter_;
  std::map<std::string, std::string> ledger_;
  std::vector<Commit> commits_;
  std::vector<Call> calls_;
  std::map<std::string, std::vector<TimePoint>> arrivals_;
  std::map<std::string, std::vector<TimePoint>> starts_;
  std::map<std::string, std::int64_t> in_flight_;
  std::map<std::string, std::int64_t> peaks_;
  std::int64_t taken_ = 0;
};

/// The most arrivals in any half-open window of this length.
std::int64_t fullest(const std::vector<TimePoint>& times, Duration window) {
  std::int64_t most = 0;
  std::size_t first = 0;
  for (std::size_t last = 0; last < times.size(); ++last) {
    while (times[last] - times[first] >= window) ++first;
    most = std::max(most, static_cast<std::int64_t>(last - first + 1));
  }
  return most;
}

Duration least_gap(const std::vector<TimePoint>& times) {
  Duration least = std::chrono::hours(1);
  for (std::size_t i = 1; i < times.size(); ++i) least = std::min(least, times[i] - times[i - 1]);
  return least;
}

Duration any_duration(milliseconds least, milliseconds most) {
  return milliseconds(*rc::gen::inRange(least.count(), most.count() + 1));
}

/// One to three rates, the longer windows tighter than the shorter ones would allow.
std::vector<Rate> any_rates() {
  const auto count = *rc::gen::inRange<std::int64_t>(1, 60);
  std::vector<Rate> rates = {{count, any_duration(milliseconds(400), milliseconds(2000))}};
  if (*rc::gen::arbitrary<bool>()) rates.push_back({1 + count * 3, seconds(7)});
  if (*rc::gen::arbitrary<bool>()) rates.push_back({1 + count * 8, std::chrono::hours(1)});
  return rates;
}

World any_world() {
  World world;
  world.seed = *rc::gen::arbitrary<std::uint64_t>();
  world.late_max = *rc::gen::element<Duration>(Duration(0), milliseconds(3), milliseconds(300),
                                               milliseconds(4000));
  world.network_max = *rc::gen::element<Duration>(Duration(0), milliseconds(20));
  world.duration_max = *rc::gen::element<Duration>(milliseconds(1), milliseconds(2000));
  world.pause_max = *rc::gen::element<Duration>(Duration(0), milliseconds(50), seconds(3));
  world.commit_max = *rc::gen::element<Duration>(Duration(0), milliseconds(20));
  return world;
}

LimitOptions search(std::vector<Rate> rates) {
  LimitOptions options;
  options.name = "search";
  options.all.rates = std::move(rates);
  return options;
}

/// Check the peer's view of every rate.
void check_windows(const Engine& engine, const std::vector<Rate>& rates) {
  for (const auto& [key, times] : engine.arrivals()) {
    for (const Rate& rate : rates) RC_ASSERT(fullest(times, rate.window) <= rate.count);
  }
}

TEST(LimiterProperty, NoWindowAtThePeerIsEverTooFull) {
  EXPECT_TRUE(rc::check([] {
    const auto rates = any_rates();
    Engine engine(search(rates), any_world());
    engine.run(seconds(20));
    check_windows(engine, rates);
    RC_ASSERT(engine.taken() > 0);
  }));
}

TEST(LimiterProperty, NorForAnyKeyByItself) {
  EXPECT_TRUE(rc::check([] {
    World world = any_world();
    world.keys = 3;
    LimitOptions options = search({});
    options.per = "host";
    options.each.rates = any_rates();
    Engine engine(options, world);
    engine.run(seconds(10));
    check_windows(engine, options.each.rates);
    RC_ASSERT(engine.arrivals().size() == 3U);
  }));
}

TEST(LimiterProperty, NorOverCrashesAndRestarts) {
  EXPECT_TRUE(rc::check([] {
    World world = any_world();
    // A burst of late starts is known to nobody once the engine has died.
    world.late_max = milliseconds(5);
    world.network_max = milliseconds(15);
    const auto rates = any_rates();
    Engine engine(search(rates), world);
    for (int i = 0; i < 8; ++i) {
      engine.run(any_duration(milliseconds(0), milliseconds(3000)));
      const Duration down = any_duration(milliseconds(0), milliseconds(1000));
      if (*rc::gen::inRange(0, 4) > 0) {
        engine.crash(down);
      } else {
        engine.close_cleanly(down);
      }
    }
    engine.run(seconds(5));
    check_windows(engine, rates);
  }));
}

TEST(LimiterProperty, HostsAreSpacedAndNeverCrowded) {
  EXPECT_TRUE(rc::check([] {
    World world = any_world();
    world.keys = 3;
    LimitOptions options;
    options.name = "pages";
    options.per = "host";
    options.each.concurrency = Concurrency{*rc::gen::inRange<std::int64_t>(1, 4), false};
    options.each.spacing = any_duration(milliseconds(400), milliseconds(2000));
    Engine engine(options, world);
    for (int i = 0; i < 4; ++i) {
      engine.run(any_duration(milliseconds(0), milliseconds(10'000)));
      engine.crash(any_duration(milliseconds(0), milliseconds(1000)));
    }
    engine.run(seconds(10));
    for (const auto& [key, times] : engine.arrivals()) {
      RC_ASSERT(least_gap(times) >= options.each.spacing);
      RC_ASSERT(engine.peak(key) <= options.each.concurrency->count);
    }
    RC_ASSERT(engine.arrivals().size() == 3U);
  }));
}

/// Used share of one rate by an engine that always has work.
double used(Rate rate, const World& world) {
  Engine engine(search({rate}), world);
  const Duration time = 20 * rate.window;
  engine.run(time);
  return static_cast<double>(engine.taken()) / static_cast<double>(20 * rate.count);
}

TEST(LimiterProperty, NearlyAllOfALimitIsUsed) {
  World world;
  world.late_max = milliseconds(4);
  world.network_max = milliseconds(20);
  world.duration_max = milliseconds(100);
  world.commit_max = milliseconds(15);
  for (const Rate rate :
       {Rate{1, seconds(1)}, Rate{10, seconds(1)}, Rate{50, seconds(1)}, Rate{600, seconds(1)},
        Rate{500, seconds(60)}, Rate{10, seconds(10)}, Rate{200, std::chrono::hours(1)}}) {
    EXPECT_GE(used(rate, world), 0.95) << rate.count << " in " << rate.window / seconds(1) << " s";
  }
}

TEST(LimiterProperty, FiveThousandASecondAreGrantedInFewWakes) {
  Limiter limiter(search({{5000, seconds(1)}}));
  std::vector<TimePoint> starts;
  int wakes = 0;
  TimePoint now = kStart;
  while (starts.size() < 20'000) {
    ++wakes;
    Answer answer = limiter.ask("", now);
    for (; answer.granted(); answer = limiter.ask("", now)) {
      Permit permit = limiter.take("", now, answer.at);
      limiter.started(permit, answer.at + microseconds(200));
      limiter.release(permit, Ending::ok, now);
      starts.push_back(answer.at);
    }
    now = answer.at;
  }
  EXPECT_LE(fullest(starts, seconds(1)), 5000);
  EXPECT_LE(starts.back() - kStart, milliseconds(4200));
  EXPECT_LE(wakes, 450);
}

}  // namespace
}  // namespace penstock::limits
