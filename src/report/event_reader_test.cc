// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/event_reader.h"

#include <gtest/gtest.h>

#include "report/json_event.h"

namespace penstock::report {
namespace {

using namespace std::chrono_literals;

Snapshot there_and_back(const Snapshot& snapshot) {
  const auto document = json::Document::parse(json_event("progress", snapshot));
  EXPECT_TRUE(document);
  return document ? read_snapshot(document->root()) : Snapshot{};
}

TEST(EventReader, UnderstandsWhatIsWritten) {
  Snapshot snapshot;
  snapshot.state = RunState::draining;
  snapshot.elapsed = 1500ms;
  snapshot.items = {1, 2, 3, 4, 5, 6, 7};
  snapshot.total = 28;
  snapshot.steps = {{"search", {.done = 1}, 4}, {"page", {.pending = 2}, {}}};
  snapshot.workers = {{.index = 1,
                       .pid = 99,
                       .in_flight = 3,
                       .calls_done = 8,
                       .crashes = 1,
                       .rss_bytes = 4096,
                       .cpu_ns = 2'500'000'000}};
  snapshot.rate_per_s = 12.5;
  snapshot.eta = 90s;
  snapshot.concurrency = {.configured = 10, .now = 3, .peak = 9, .mean = 4.5};
  snapshot.held_by = "limit x";
  snapshot.held_for = 2s;
  snapshot.bytes_in = 1000;
  snapshot.lost.limits = 3s;
  EXPECT_EQ(json_event("x", there_and_back(snapshot)), json_event("x", snapshot));
}

TEST(EventReader, UnknownStaysUnknown) {
  const Snapshot back = there_and_back({});
  EXPECT_FALSE(back.total);
  EXPECT_FALSE(back.eta);
  EXPECT_FALSE(back.rate_per_s);
}

TEST(EventReader, StrangeTextIsNoTrouble) {
  for (const char* text :
       {"{}", "[]", "7", R"({"items":7,"workers":{"a":1},"steps":[[]],"total":"x"})",
        R"({"elapsed_s":-1,"eta_s":1e99,"state":"odd"})"}) {
    const auto document = json::Document::parse(text);
    ASSERT_TRUE(document);
    EXPECT_EQ(read_snapshot(document->root()).elapsed, Duration::zero());
  }
}

}  // namespace
}  // namespace penstock::report
