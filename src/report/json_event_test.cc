// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/json_event.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace penstock::report {
namespace {

using namespace std::chrono_literals;

json::Document parsed(const std::string& text) {
  Result<json::Document> document = json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  return document ? std::move(*document) : json::Document();
}

TEST(JsonEvent, CarriesTheSnapshot) {
  Snapshot snapshot;
  snapshot.state = RunState::running;
  snapshot.elapsed = 1500ms;
  snapshot.items = {.done = 3, .failed = 1, .in_flight = 2};
  snapshot.total = 10;
  snapshot.steps = {{"search", {.done = 3}, {}}};
  snapshot.workers = {{.index = 0, .pid = 77, .in_flight = 2}};
  snapshot.held_by = "limit \"x\"\n";
  const json::Document event = parsed(json_event("progress", snapshot));
  EXPECT_EQ(event.root().at("/event")->text(), "progress");
  EXPECT_EQ(event.root().at("/state")->text(), "running");
  EXPECT_EQ(event.root().at("/elapsed_s")->number(), 1.5);
  EXPECT_EQ(event.root().at("/items/done")->integer(), 3);
  EXPECT_EQ(event.root().at("/total")->integer(), 10);
  EXPECT_EQ(event.root().at("/steps/0/name")->text(), "search");
  EXPECT_EQ(event.root().at("/workers/0/pid")->integer(), 77);
  EXPECT_EQ(event.root().at("/held_by")->text(), "limit \"x\"\n");
}

TEST(JsonEvent, IsOneLineAndSaysNullForUnknown) {
  Snapshot snapshot;
  snapshot.held_by = "a\nb";
  const std::string text = json_event("end", snapshot);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const json::Document event = parsed(text);
  EXPECT_EQ(event.root().at("/total")->kind(), json::Kind::null);
  EXPECT_EQ(event.root().at("/rate_per_s")->kind(), json::Kind::null);
  EXPECT_EQ(event.root().at("/eta_s")->kind(), json::Kind::null);
}

}  // namespace
}  // namespace penstock::report
