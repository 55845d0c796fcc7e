// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "executors/call_pace.h"

#include <gtest/gtest.h>

namespace penstock::executors {
namespace {

using namespace std::chrono_literals;

TEST(CallPace, IsWhatAWorkerFinishesInFiftyMilliseconds) {
  CallPace pace;
  TimePoint now{1h};
  pace.finished(1, now);  // Nothing is known of the hour before.
  EXPECT_EQ(pace.ahead(), 0U);
  for (int i = 0; i < 100; ++i) pace.finished(10, now += 1ms);  // 10,000 a second.
  EXPECT_EQ(pace.ahead(), 500U);
}

TEST(CallPace, OfSlowCallsNoneWaitInTheWorker) {
  CallPace pace;
  TimePoint now{1h};
  for (int i = 0; i < 50; ++i) pace.finished(1, now += 100ms);
  EXPECT_EQ(pace.ahead(), 0U);
}

TEST(CallPace, AFastStretchIsForgottenByTheFirstSlowOne) {
  CallPace pace;
  TimePoint now{1h};
  for (int i = 0; i < 100; ++i) pace.finished(10, now += 1ms);
  pace.finished(1, now += 5s);
  EXPECT_LT(pace.ahead(), 10U);
}

}  // namespace
}  // namespace penstock::executors
