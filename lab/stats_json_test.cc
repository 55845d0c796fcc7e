// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The document that other tests read.
#include "stats_json.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace penstock::lab {
namespace {

TEST(StatsJson, has_every_count) {
  Stats stats;
  Limiter limiter({*parse_limit("/s?rate=5/s")});
  const TimePoint start(std::chrono::hours(1));
  const auto first = stats.begin("h1", 1, start);
  stats.mark(first, Pauses::Call::early);
  stats.end(first, {"200", 10, true, false});
  stats.end(stats.begin("h1", 1, start + std::chrono::milliseconds(3)), {"reset", 0, false, true});
  const auto all = boost::json::parse(render_stats(stats, limiter, 7));
  const auto& host = all.at("hosts").at("h1");
  EXPECT_EQ(host.at("requests").as_int64(), 2);
  EXPECT_EQ(host.at("max_per_second").as_int64(), 2);
  EXPECT_EQ(host.at("min_spacing_ns").as_int64(), 3'000'000);
  EXPECT_EQ(host.at("span_ns").as_int64(), 3'000'000);
  EXPECT_EQ(host.at("early").as_int64(), 1);
  EXPECT_EQ(host.at("abandoned").as_int64(), 1);
  EXPECT_EQ(host.at("by_status").at("200").as_int64(), 1);
  EXPECT_EQ(all.at("total").at("bytes_out").as_int64(), 10);
  EXPECT_EQ(all.at("urls").at("requested_again").as_int64(), 1);
  EXPECT_EQ(all.at("limits").at(0).at("path").as_string(), "/s");
  EXPECT_EQ(all.at("quota_left").as_int64(), 7);
}

TEST(StatsJson, unknown_spacing_is_null) {
  Stats stats;
  const auto all = boost::json::parse(render_stats(stats, Limiter({}), std::nullopt));
  EXPECT_TRUE(all.at("total").at("min_spacing_ns").is_null());
  EXPECT_TRUE(all.at("quota_left").is_null());
}

}  // namespace
}  // namespace penstock::lab
