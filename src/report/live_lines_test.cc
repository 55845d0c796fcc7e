// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/live_lines.h"

#include <gtest/gtest.h>

#include "report/safe_text.h"

namespace penstock::report {
namespace {

using namespace std::chrono_literals;

Snapshot two_steps() {
  Snapshot snapshot;
  snapshot.state = RunState::running;
  snapshot.items = {.done = 7599, .failed = 13, .retrying = 3, .in_flight = 500};
  snapshot.total = 18564;
  snapshot.steps = {{"search", {.done = 4000}, 4000}, {"page", {.done = 3599, .failed = 13}, {}}};
  snapshot.rate_per_s = 312.4;
  snapshot.eta = 35min;
  snapshot.concurrency = {.configured = 500, .now = 500};
  snapshot.held_by = "limit pages: 2 per host";
  snapshot.held_for = 12s;
  return snapshot;
}

TEST(LiveLines, SayHowFarHowFastAndWhatHoldsBack) {
  const auto lines = live_lines(two_steps(), {.columns = 100, .unicode = false});
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0],
            "[========            ] 41 %, 7,612 of 18,564, 13 failed, 312/s, 35 min left");
  EXPECT_EQ(lines[1], "search 4,000 of 4,000, page 3,599 done");
  EXPECT_EQ(lines[2],
            "held back: limit pages: 2 per host (12 s), 500 of 500 in flight, 3 retry later");
}

TEST(LiveLines, FitAnyWidthAndDropTheLeastFirst) {
  for (std::size_t columns = 1; columns <= 120; ++columns)
    for (const std::string& line : live_lines(two_steps(), {.columns = columns}))
      EXPECT_LE(columns_of(line), columns) << line;
  EXPECT_EQ(live_lines(two_steps(), {.columns = 45, .unicode = false})[0],
            "7,612 of 18,564, 13 failed, 35 min left");
}

TEST(LiveLines, AnUnknownTotalIsNotGuessed) {
  Snapshot snapshot;
  snapshot.state = RunState::running;
  snapshot.items = {.done = 5, .failed = 0, .skipped = 2};
  EXPECT_EQ(live_lines(snapshot, {.unicode = false}),
            std::vector<std::string>{"5 done, 2 skipped"});
}

TEST(LiveLines, ColourOnlyWhenAsked) {
  EXPECT_NE(live_lines(two_steps(), {.columns = 100, .colour = true})[0].find("\x1b[31m13 failed"),
            std::string::npos);
  for (const std::string& line : live_lines(two_steps(), {.columns = 100}))
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

TEST(LiveLines, NamesFromTheJobCannotCommandTheTerminal) {
  Snapshot snapshot = two_steps();
  snapshot.held_by = "limit \x1b]0;x\x07";
  snapshot.steps[0].name = "a\x1b[2J";
  for (const std::string& line : live_lines(snapshot, {.columns = 100}))
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
}

TEST(PlainLine, IsOneLineOfAllThatMatters) {
  EXPECT_EQ(plain_line(two_steps()),
            "7,612 of 18,564 (41 %), 13 failed, 312/s, 35 min left, held back: limit pages: 2 per "
            "host (12 s), 500 of 500 in flight, 3 retry later");
}

TEST(PlainLine, SaysThatARunEnds) {
  Snapshot snapshot;
  snapshot.state = RunState::draining;
  EXPECT_EQ(plain_line(snapshot), "0 done, finishing what is in flight");
}

}  // namespace
}  // namespace penstock::report
