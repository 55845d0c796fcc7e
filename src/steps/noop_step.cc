// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Nothing, done quickly.
#include "steps/noop_step.h"

#include <algorithm>
#include <bit>
#include <csignal>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/fingerprint.h"
#include "os/epoll_loop.h"

namespace penstock::steps {
namespace {

constexpr std::uint64_t kFailSalt = 0x6661696c;
constexpr std::uint64_t kCrashSalt = 0x63726173;

/// The finalizer of splitmix64. Source: Steele, Lea and Flood, OOPSLA 2014.
std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBULL;
  return bits ^ (bits >> 31);
}

bool is_chosen(ItemId item, double share, std::uint64_t seed) {
  constexpr double kBits53 = 1.0 / 9007199254740992.0;  // 2 to the 53.
  return static_cast<double>(mixed(item.value ^ mixed(seed)) >> 11) * kBits53 < share;
}

class NoopRunner final : public StepRunner {
 public:
  NoopRunner(const NoopOptions& options, StepContext& context)
      : options_(options), context_(context) {}

  ~NoopRunner() override {
    for (const auto& [id, sleeper] : sleeping_) context_.loop().cancel(sleeper.timer);
  }

  void start(Call call) override {
    const TimePoint now = TimePoint::clock::now();
    const TimePoint begin = std::max(now, call.not_before);
    const TimePoint end = begin + options_.sleep;
    for (const CallItem& item : call.items) {
      if (is_chosen(item.item, options_.crash, options_.seed ^ kCrashSalt)) ::raise(SIGKILL);
    }
    if (end <= now) return finish(call, begin, Duration{0});
    const CallId id = call.id;
    if (call.tells_start) context_.started(id, begin);
    const os::TimerId timer = context_.loop().at(end, [this, id] { wake(id); });
    sleeping_.emplace(id, Sleeper{std::move(call), begin, timer});
  }

  void cancel(CallId call) override {
    const auto found = sleeping_.find(call);
    if (found == sleeping_.end()) return;
    context_.loop().cancel(found->second.timer);
    ItemVerdict cancelled;
    cancelled.outcome = Outcome::failed;
    cancelled.error = {Errc::cancelled, "cancelled", "cancelled"};
    FinishedCall finished;
    finished.id = call;
    finished.verdicts.assign(found->second.call.items.size(), cancelled);
    sleeping_.erase(found);
    context_.finish(std::move(finished));
  }

 private:
  struct Sleeper {
    Call call;
    TimePoint begin;
    os::TimerId timer;
  };

  void wake(CallId id) {
    const auto node = sleeping_.extract(id);
    finish(node.mapped().call, node.mapped().begin, options_.sleep);
  }

  void finish(const Call& call, TimePoint begin, Duration elapsed) {
    FinishedCall finished;
    finished.id = call.id;
    finished.sent_at = begin;
    finished.elapsed = elapsed;
    if (options_.fail > 0) {
      for (const CallItem& item : call.items) finished.verdicts.push_back(verdict_of(item));
    }
    context_.finish(std::move(finished));
  }

  ItemVerdict verdict_of(const CallItem& item) const {
    ItemVerdict verdict;
    verdict.outcome = Outcome::done;
    if (!is_chosen(item.item, options_.fail, options_.seed ^ kFailSalt)) return verdict;
    verdict.outcome = Outcome::failed;
    verdict.error = {Errc::rejected, "chosen to fail", "noop.failed"};
    return verdict;
  }

  const NoopOptions& options_;
  StepContext& context_;
  std::unordered_map<CallId, Sleeper> sleeping_;
};

class NoopStep final : public Step {
 public:
  explicit NoopStep(NoopOptions options) : options_(options) {}

  std::string_view kind() const override { return "noop"; }
  Repeatable repeatable() const override { return Repeatable::yes; }
  std::size_t batch_items_max() const override { return options_.batch; }
  Result<std::string> limit_key(std::string_view, std::string_view) const override {
    return std::string();
  }
  Result<std::string> preview(std::string_view) const override { return std::string("nothing"); }
  Fingerprint fingerprint() const override {
    const auto fail_bits = std::bit_cast<std::uint64_t>(options_.fail);
    return penstock::fingerprint(
        {"noop", std::to_string(fail_bits), std::to_string(options_.seed)});
  }
  std::unique_ptr<StepRunner> make_runner(StepContext& context) const override {
    return std::make_unique<NoopRunner>(options_, context);
  }

 private:
  NoopOptions options_;
};

}  // namespace

std::shared_ptr<const Step> make_noop_step(NoopOptions options) {
  return std::make_shared<NoopStep>(options);
}

}  // namespace penstock::steps
