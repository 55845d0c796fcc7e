// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// No-op items through worker processes: 50,000 calls of 1,024 items with 20-byte values, made by
// the caller as an engine would. Prints rate and processor time; checks that each call came back.
#include <penstock/executors.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "os/epoll_waker.h"

namespace {

using namespace penstock;  // A program of its own.

constexpr std::size_t kItems = 1'024;
constexpr std::uint64_t kCalls = 50'000;

class NoopRunner final : public StepRunner {
 public:
  explicit NoopRunner(StepContext& context) : context_(context) {}
  void start(Call call) override {
    context_.finish(FinishedCall{.id = call.id, .rate_headers = {}, .verdicts = {}});
  }
  void cancel(CallId) override {}

 private:
  StepContext& context_;
};

class NoopStep final : public Step {
 public:
  std::string_view kind() const override { return "noop"; }
  Repeatable repeatable() const override { return Repeatable::yes; }
  std::size_t batch_items_max() const override { return kItems; }
  Result<std::string> limit_key(std::string_view, std::string_view) const override {
    return std::string();
  }
  Result<std::string> preview(std::string_view) const override { return std::string(); }
  Fingerprint fingerprint() const override { return {}; }
  std::unique_ptr<StepRunner> make_runner(StepContext& context) const override {
    return std::make_unique<NoopRunner>(context);
  }
};

Call make_call(std::uint64_t id) {
  Call call{.id = CallId{id}, .items = {}};
  call.items.reserve(kItems);
  for (std::uint64_t i = 0; i < kItems; ++i) {
    call.items.push_back(
        CallItem{.item = ItemId{id * kItems + i}, .value = "12345678901234567890"});
  }
  return call;
}

double cpu_s(int who) {
  rusage used{};
  ::getrusage(who, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// True if every call came back, well.
bool run(std::size_t workers) {
  auto zygote = start_zygote({std::make_shared<NoopStep>()});
  auto waker = os::EpollWaker::create();
  if (!zygote || !waker) return false;
  const auto began = std::chrono::steady_clock::now();
  const double engine_cpu = cpu_s(RUSAGE_SELF);
  const double workers_cpu = cpu_s(RUSAGE_CHILDREN);
  std::uint64_t done = 0;
  {
    auto executor = make_process_executor(*zygote, {.workers = workers, .concurrency = 8}, **waker);
    if (!executor) return false;
    for (std::uint64_t next = 0; done < kCalls;) {
      std::vector<Call> calls;
      for (std::size_t room = (*executor)->room(); room > 0 && next < kCalls; --room) {
        calls.push_back(make_call(next++));
      }
      if (!calls.empty()) (*executor)->start(std::move(calls));
      (*waker)->sleep_until(TimePoint::clock::now() + std::chrono::seconds(1));
      for (const FinishedCall& call : (*executor)->take_finished()) {
        done += call.verdicts.empty() ? 1 : 0;
      }
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  constexpr auto kAll = static_cast<double>(kCalls * kItems);
  std::printf("%zu worker(s): %.1f million items/s; cpu an item: engine %.0f ns, workers %.0f ns\n",
              workers, kAll / took.count() / 1e6, (cpu_s(RUSAGE_SELF) - engine_cpu) / kAll * 1e9,
              (cpu_s(RUSAGE_CHILDREN) - workers_cpu) / kAll * 1e9);
  return done == kCalls;
}

}  // namespace

int main() { return run(1) && run(2) ? EXIT_SUCCESS : EXIT_FAILURE; }
