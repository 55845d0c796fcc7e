// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The table: every behaviour can be set, refused, and told from a route's own parameter.
#include "behaviour.h"

#include <gtest/gtest.h>

#include <set>

namespace penstock::lab {
namespace {

Result<Behaviour> behave(std::string_view query, Behaviour before = {}) {
  return with_params(std::move(before), parse_params(query));
}

std::string refusal(std::string_view query) {
  const auto behaviour = behave(query);
  return behaviour ? "(accepted)" : behaviour.error().message;
}

TEST(Behaviour, is_composed_from_a_query) {
  const auto b = behave("q=x&delay=20ms&fail=10%25&fail_kinds=503,reset&gzip&bytes=64K&truncate");
  ASSERT_TRUE(b);
  EXPECT_EQ(b->pace.delay, std::chrono::milliseconds(20));
  EXPECT_DOUBLE_EQ(b->failing.share, 0.1);
  EXPECT_EQ(b->failing.kinds, (std::vector<std::string>{"503", "reset"}));
  EXPECT_TRUE(b->framing.gzip);
  EXPECT_EQ(b->payload.bytes, 65536u);
  EXPECT_EQ(b->breakage, Breakage::truncate);
}

TEST(Behaviour, of_a_query_undoes_that_of_the_options) {
  const auto all = behave("delay=1s&hang&gzip&fail=1");
  const auto one = behave("delay=0&hang=0&gzip=0&fail=0", *all);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->pace.delay.count(), 0);
  EXPECT_EQ(one->breakage, Breakage::none);
  EXPECT_FALSE(one->framing.gzip);
  EXPECT_EQ(one->failing.share, 0);
  EXPECT_EQ(behave("reset=0", *all)->breakage, Breakage::hang);
}

TEST(Behaviour, with_a_bad_value_is_refused_by_name) {
  EXPECT_EQ(refusal("delay=5"), "delay: not a duration (200ms, 1.5s, 2min): '5'");
  for (const auto* bad : {"status=99", "status=600", "fail=2", "fail_kinds=", "fail_kinds=200",
                          "fail_kinds=503,boom", "gzip=yes", "redirect_status=200",
                          "headers=1000001", "redirect_to=a%0d%0ab", "zip_bomb=65G", "reason=a%0ab",
                          "encoding=%0d", "interim=1000001", "extra=1G", "type=%0a"}) {
    EXPECT_NE(refusal(bad), "(accepted)") << bad;
  }
}

TEST(Behaviour, retry_after_takes_bare_numbers) {
  const auto b = behave("retry_after=2&retry_after_date=3&retry_after_ms=150");
  ASSERT_TRUE(b);
  EXPECT_EQ(b->refusal.retry_after, std::chrono::seconds(2));
  EXPECT_EQ(b->refusal.retry_after_date, std::chrono::seconds(3));
  EXPECT_EQ(b->refusal.retry_after_ms, std::chrono::milliseconds(150));
}

TEST(Behaviour, names_are_unique_and_explained) {
  std::set<std::string_view> names;
  for (const auto& knob : knobs()) {
    EXPECT_TRUE(names.insert(knob.name).second) << knob.name;
    EXPECT_FALSE(knob.help.empty()) << knob.name;
  }
  EXPECT_EQ(find_knob("q"), nullptr);
}

TEST(Behaviour, failures_are_what_their_kind_says) {
  EXPECT_EQ(with_failure({}, "503").refusal.status, 503);
  EXPECT_EQ(with_failure({}, "reset").breakage, Breakage::reset);
  EXPECT_EQ(with_failure({}, "hang").breakage, Breakage::hang);
  EXPECT_EQ(with_failure({}, "garbage").breakage, Breakage::garbage);
  EXPECT_EQ(with_failure({}, "truncate").breakage, Breakage::truncate);
  EXPECT_EQ(with_failure({}, "drip").pace.drip_bytes_per_s, kFailDripBytesPerS);
}

}  // namespace
}  // namespace penstock::lab
