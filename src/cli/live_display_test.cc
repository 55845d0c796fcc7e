// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/live_display.h"

#include <gtest/gtest.h>

namespace penstock::cli {
namespace {

using namespace std::chrono_literals;

struct Screen {
  std::string text;
  std::size_t columns = 80;

  Console console() {
    Channel err{.write =
                    [this](std::string_view words) {
                      text += words;
                      return 0;
                    },
                .is_terminal = true,
                .measure = [this] { return columns; }};
    return Console(Channel{.write = [](std::string_view) { return 0; }}, err,
                   [](std::string_view) { return std::nullopt; });
  }
};

Snapshot counted(std::int64_t done) {
  Snapshot snapshot;
  snapshot.state = RunState::running;
  snapshot.items.done = done;
  return snapshot;
}

TEST(LiveDisplay, RedrawsInPlaceAtMostTenTimesASecond) {
  Screen screen;
  Console console = screen.console();
  LiveDisplay display(console, DisplayMode::living, "pages");
  const TimePoint start{};
  display.update(counted(1), start);
  display.update(counted(2), start + 99ms);
  display.update(counted(3), start + 100ms);
  EXPECT_EQ(screen.text, "1 done\n\x1b[1A\r\x1b[J3 done\n");
  screen.text.clear();
  display.say("draining");
  EXPECT_EQ(screen.text, "\x1b[1A\r\x1b[Jpenstock: draining\n");
  screen.text.clear();
  display.close(counted(3));
  EXPECT_EQ(screen.text, "");
}

TEST(LiveDisplay, FollowsTheWindow) {
  Screen screen;
  Console console = screen.console();
  LiveDisplay display(console, DisplayMode::living, "pages");
  screen.columns = 3;
  display.update(counted(1), TimePoint{});
  EXPECT_EQ(screen.text, "1 \xE2\x80\xA6\n");
}

TEST(LiveDisplay, PlainLinesHaveNoEscapes) {
  Screen screen;
  Console console = screen.console();
  LiveDisplay display(console, DisplayMode::plain, "pages");
  display.update(counted(1), TimePoint{});
  display.update(counted(2), TimePoint{} + 4s);
  display.update(counted(3), TimePoint{} + 5s);
  display.close(counted(3));
  EXPECT_EQ(screen.text, "pages: 3 done\n");
}

TEST(LiveDisplay, EventsAreJsonLines) {
  Screen screen;
  Console console = screen.console();
  LiveDisplay display(console, DisplayMode::events, "pages");
  display.update(counted(1), TimePoint{});
  display.say("a \"word\"");
  display.close(counted(1));
  EXPECT_TRUE(screen.text.starts_with("{\"event\":\"progress\","));
  EXPECT_NE(screen.text.find("\n{\"event\":\"message\",\"text\":\"a \\\"word\\\"\"}\n"),
            std::string::npos);
  EXPECT_NE(screen.text.find("\n{\"event\":\"end\","), std::string::npos);
}

TEST(LiveDisplay, QuietSaysOnlyWhatMatters) {
  Screen screen;
  Console console = screen.console();
  LiveDisplay display(console, DisplayMode::quiet, "pages");
  display.update(counted(1), TimePoint{});
  display.close(counted(1));
  EXPECT_EQ(screen.text, "");
  display.say("disk full");
  EXPECT_EQ(screen.text, "penstock: disk full\n");
}

}  // namespace
}  // namespace penstock::cli
