// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "limits/adaptive_concurrency.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace penstock::limits {
namespace {

using std::chrono::milliseconds;

/// A round of answers with all slots taken.
void round(AdaptiveConcurrency& adaptive, Duration latency) {
  const std::int64_t limit = adaptive.limit();
  for (std::int64_t i = 0; i < limit; ++i) adaptive.ended(Ending::ok, latency, limit, TimePoint{});
}

/// Grown by good rounds to its ceiling.
AdaptiveConcurrency grown_to(std::int64_t limit) {
  AdaptiveConcurrency adaptive(limit);
  while (adaptive.limit() < limit) round(adaptive, milliseconds(100));
  return adaptive;
}

TEST(AdaptiveConcurrency, DoublesUntilItsCeiling) {
  AdaptiveConcurrency adaptive(5);
  for (const int limit : {1, 2, 4, 5, 5}) {
    EXPECT_EQ(adaptive.limit(), limit);
    round(adaptive, milliseconds(100));
  }
}

TEST(AdaptiveConcurrency, StaysWhereDemandEnds) {
  AdaptiveConcurrency adaptive(100);
  for (int i = 0; i < 100; ++i) adaptive.ended(Ending::ok, milliseconds(100), 3, TimePoint{});
  EXPECT_EQ(adaptive.limit(), 4);
}

TEST(AdaptiveConcurrency, OneThrottleCutsOnceForAllThatWereInFlight) {
  AdaptiveConcurrency adaptive = grown_to(8);
  for (int i = 0; i < 8; ++i)
    adaptive.ended(Ending::throttled, milliseconds(1), 8 - i, TimePoint{});
  EXPECT_EQ(adaptive.limit(), 6);
  adaptive.ended(Ending::timed_out, milliseconds(1), 6, TimePoint{});
  EXPECT_EQ(adaptive.limit(), 4);
}

TEST(AdaptiveConcurrency, GrowsSlowlyAfterASetback) {
  AdaptiveConcurrency adaptive = grown_to(16);
  adaptive.set_max(1000);
  adaptive.ended(Ending::throttled, milliseconds(1), 1, TimePoint{});
  EXPECT_EQ(adaptive.limit(), 12);
  round(adaptive, milliseconds(100));
  EXPECT_EQ(adaptive.limit(), 15);
}

TEST(AdaptiveConcurrency, NeverFallsBelowOne) {
  AdaptiveConcurrency adaptive = grown_to(100);
  for (int i = 0; i < 50; ++i) adaptive.ended(Ending::throttled, milliseconds(1), 1, TimePoint{});
  EXPECT_EQ(adaptive.limit(), 1);
  round(adaptive, milliseconds(1));
  EXPECT_EQ(adaptive.limit(), 2);
}

TEST(AdaptiveConcurrency, WhatWasNotSentTellsNothing) {
  AdaptiveConcurrency adaptive = grown_to(8);
  for (int i = 0; i < 50; ++i) adaptive.ended(Ending::not_sent, milliseconds(1), 8, TimePoint{});
  EXPECT_EQ(adaptive.limit(), 8);
}

TEST(AdaptiveConcurrency, ACeilingCanComeDownOnALivingRun) {
  AdaptiveConcurrency adaptive = grown_to(100);
  adaptive.set_max(5);
  EXPECT_EQ(adaptive.limit(), 5);
  adaptive.set_max(100);
  round(adaptive, milliseconds(100));
  EXPECT_EQ(adaptive.limit(), 10);
}

TEST(AdaptiveConcurrency, RemembersForAMinute) {
  AdaptiveConcurrency adaptive(100);
  EXPECT_TRUE(adaptive.rested(TimePoint{}));
  adaptive.ended(Ending::ok, milliseconds(1), 1, TimePoint{});
  EXPECT_FALSE(adaptive.rested(TimePoint(std::chrono::seconds(59))));
  EXPECT_TRUE(adaptive.rested(TimePoint(std::chrono::seconds(60))));
}

/// A peer that carries `width` calls at once in 100 ms each and queues the rest.
Duration latency_at(std::int64_t in_flight, std::int64_t width) {
  return milliseconds(100) * std::max(in_flight, width) / width;
}

TEST(AdaptiveConcurrency, SettlesNearWhatAQueueingPeerCarries) {
  for (const std::int64_t width : {4, 30, 200}) {
    AdaptiveConcurrency adaptive(1000);
    std::int64_t least = 1000;
    std::int64_t most = 0;
    for (int rounds = 0; rounds < 400; ++rounds) {
      round(adaptive, latency_at(adaptive.limit(), width));
      if (rounds < 100) continue;
      least = std::min(least, adaptive.limit());
      most = std::max(most, adaptive.limit());
    }
    EXPECT_GE(least, width) << "the peer of width " << width << " is not kept busy";
    EXPECT_LE(most, 4 * width) << "too much queues at the peer of width " << width;
  }
}

TEST(AdaptiveConcurrency, ForgivesAPeerThatBecameSlowForGood) {
  AdaptiveConcurrency adaptive = grown_to(50);
  for (int rounds = 0; rounds < 8; ++rounds) round(adaptive, milliseconds(500));
  EXPECT_LT(adaptive.limit(), 25);
  for (int rounds = 0; rounds < 20; ++rounds) round(adaptive, milliseconds(500));
  EXPECT_EQ(adaptive.limit(), 50);
}

TEST(AdaptiveConcurrency, SettlesBelowWhatAThrottlingPeerRefuses) {
  AdaptiveConcurrency adaptive(1000);
  int throttles = 0;
  int answers = 0;
  for (int i = 0; i < 40'000; ++i) {
    const bool refused = i % adaptive.limit() >= 50;
    throttles += i > 4'000 && refused ? 1 : 0;
    answers += i > 4'000 ? 1 : 0;
    adaptive.ended(refused ? Ending::throttled : Ending::ok, milliseconds(100), adaptive.limit(),
                   TimePoint{});
  }
  EXPECT_LT(throttles, answers / 20);
  EXPECT_GE(adaptive.limit(), 25);
  EXPECT_LE(adaptive.limit(), 60);
}

}  // namespace
}  // namespace penstock::limits
