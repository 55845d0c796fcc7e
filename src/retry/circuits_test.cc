// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "retry/circuits.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::retry {
namespace {

using std::chrono::milliseconds;

TimePoint at(std::int64_t ms) { return TimePoint(milliseconds(ms)); }

Circuits three_failures() {
  return Circuits({.failures = 3, .rest = milliseconds(1000), .rest_max = milliseconds(3000)});
}

/// Calls that start and end at once.
void fail(Circuits& circuits, std::int64_t ms, int times = 1) {
  for (int i = 0; i < times; ++i) {
    circuits.started("a.org");
    circuits.ended("a.org", Contact::bad, at(ms));
  }
}

/// When a call may start, in milliseconds; -1 for "when the probe is back".
std::int64_t asked(const Circuits& circuits, std::int64_t ms, const char* host = "a.org") {
  const TimePoint when = circuits.ask(host, at(ms));
  return when == TimePoint::max() ? -1 : when.time_since_epoch() / milliseconds(1);
}

TEST(Circuits, OpensAfterFailuresInARow) {
  Circuits circuits = three_failures();
  fail(circuits, 0, 2);
  circuits.ended("a.org", Contact::good, at(0));
  fail(circuits, 0, 2);
  EXPECT_EQ(asked(circuits, 5), 5);
  fail(circuits, 10);
  EXPECT_EQ(asked(circuits, 10), 1010);
  EXPECT_EQ(asked(circuits, 10, "b.org"), 10);
}

TEST(Circuits, OneProbeAfterTheRest) {
  Circuits circuits = three_failures();
  fail(circuits, 0, 3);
  EXPECT_EQ(asked(circuits, 1000), 1000);
  circuits.started("a.org");
  EXPECT_EQ(asked(circuits, 1000), -1);
  circuits.ended("a.org", Contact::good, at(1100));
  EXPECT_EQ(asked(circuits, 1100), 1100);
  EXPECT_EQ(circuits.hosts_held(), 0U);
}

TEST(Circuits, TheRestDoublesUpToItsEnd) {
  Circuits circuits = three_failures();
  fail(circuits, 0, 3);
  fail(circuits, 1000);
  EXPECT_EQ(asked(circuits, 1000), 3000);
  fail(circuits, 3000);
  EXPECT_EQ(asked(circuits, 3000), 6000);
  fail(circuits, 6000);
  EXPECT_EQ(asked(circuits, 6000), 9000);
}

TEST(Circuits, LateFailuresFromBeforeTellNothingNew) {
  Circuits circuits = three_failures();
  fail(circuits, 0, 3);
  circuits.ended("a.org", Contact::bad, at(900));
  EXPECT_EQ(asked(circuits, 900), 1000);
}

TEST(Circuits, AProbeThatLearnedNothingMakesWayForAnother) {
  Circuits circuits = three_failures();
  fail(circuits, 0, 3);
  circuits.started("a.org");
  circuits.ended("a.org", Contact::none, at(1000));
  EXPECT_EQ(asked(circuits, 1000), 1000);
  circuits.ended("b.org", Contact::none, at(1000));
  EXPECT_EQ(circuits.hosts_held(), 1U);
}

TEST(Circuits, ZeroFailuresMeansNever) {
  Circuits circuits({.failures = 0});
  fail(circuits, 0, 100);
  EXPECT_EQ(asked(circuits, 0), 0);
}

TEST(Circuits, HostsWithoutARecentFailureCostNoMemory) {
  Circuits circuits = three_failures();
  for (int i = 0; i < 10'000; ++i) {
    circuits.ended("host" + std::to_string(i), Contact::bad, at(i * 100));
    ASSERT_LE(circuits.hosts_held(), 200U);
  }
}

}  // namespace
}  // namespace penstock::retry
