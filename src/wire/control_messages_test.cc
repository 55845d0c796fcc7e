// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "wire/messages.h"
#include "wire/wire_vectors.h"

namespace penstock::wire {
namespace {

const Settings kSettings{.worker = 1,
                         .concurrency = 500,
                         .heartbeat_every = std::chrono::milliseconds(15'000),
                         .files_folder = "/f"};

TEST(ControlMessages, ComeBack) {
  const auto back = decode_settings(encode_settings(kSettings));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, kSettings);
  std::string cancels;
  encode_cancel(CallId{1}, cancels);
  encode_cancel(CallId{1'000'000}, cancels);
  EXPECT_EQ(*decode_cancels(cancels), (std::vector<CallId>{CallId{1}, CallId{1'000'000}}));
  EXPECT_TRUE(decode_hello(encode_hello()));
  std::string started;
  encode_started({.id = CallId{7}, .sent_at = TimePoint(std::chrono::nanoseconds(-3))}, started);
  encode_started({.id = CallId{1'000}, .sent_at = TimePoint(std::chrono::hours(9))}, started);
  const auto calls = decode_started(started);
  ASSERT_TRUE(calls);
  ASSERT_EQ(calls->size(), 2U);
  EXPECT_EQ((*calls)[0].sent_at, TimePoint(std::chrono::nanoseconds(-3)));
  EXPECT_EQ((*calls)[1].id, CallId{1'000});
}

TEST(ControlMessages, VectorsOfTheDocument) {
  auto vectors = vectors_of("Test vectors: payloads");
  ASSERT_EQ(vectors.size(), 7U) << "each has its test, here or beside the other messages";
  EXPECT_EQ(vectors["hello"], encode_hello());
  EXPECT_EQ(vectors["settings"], encode_settings(kSettings));
  std::string cancel;
  encode_cancel(CallId{300}, cancel);
  EXPECT_EQ(vectors["cancel"], cancel);
  std::string started;
  encode_started({.id = CallId{2}, .sent_at = TimePoint(std::chrono::nanoseconds(500))}, started);
  EXPECT_EQ(vectors["started"], started);
}

TEST(ControlMessages, AnotherVersionIsRefused) { EXPECT_FALSE(decode_hello("\x63")); }

TEST(ControlMessages, CutAndOverlongPayloadsAreCorrupt) {
  const std::string settings = encode_settings(kSettings);
  for (std::size_t size = 0; size < settings.size(); ++size) {
    EXPECT_FALSE(decode_settings(settings.substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_settings(settings + "x"));
  EXPECT_FALSE(decode_hello(""));
  EXPECT_FALSE(decode_hello(encode_hello() + "x"));
  EXPECT_FALSE(decode_cancels("\x80"));
  EXPECT_FALSE(decode_started("\x01")) << "an id without its instant";
}

}  // namespace
}  // namespace penstock::wire
