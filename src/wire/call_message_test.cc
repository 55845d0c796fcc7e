// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "wire/messages.h"
#include "wire/wire_vectors.h"

namespace penstock::wire {
namespace {

// Everything a call holds, as text: equal texts mean equal calls.
std::string show(const Call& call) {
  std::string text = std::to_string(static_cast<std::uint64_t>(call.id)) + "/" +
                     std::to_string(static_cast<int>(call.step)) + "@" +
                     std::to_string(call.not_before.time_since_epoch().count()) +
                     (call.alone ? " alone" : "") + (call.tells_start ? " tells" : "");
  for (const CallItem& item : call.items) {
    text += " [" + std::to_string(item.item.value) + " #" + std::to_string(item.attempt) + " " +
            item.value + " > " + item.hop + " " + std::to_string(item.hop_status) + "]";
  }
  return text;
}

std::string shown(const Result<std::vector<Call>>& calls) {
  if (!calls) return calls.error().kind;
  std::string text;
  for (const Call& call : *calls) text += show(call) + "\n";
  return text;
}

Call noop_call() {
  Call call{.id = CallId{300}, .step = StepIndex{2}, .items = {}};
  for (std::uint64_t i = 0; i < 3; ++i) {
    call.items.push_back(CallItem{.item = ItemId::of(StepIndex{2}, 5 + i),
                                  .value = R"({"n":)" + std::to_string(i) + "}"});
  }
  return call;
}

Call rich_call() {
  Call call{.id = CallId{~std::uint64_t{0}}, .step = StepIndex{255}, .alone = true, .items = {}};
  call.tells_start = true;
  call.not_before = TimePoint(std::chrono::nanoseconds(123'456'789'012));
  call.items.push_back({.item = ItemId{7}, .attempt = 4'000'000'000, .value = "{}"});
  call.items.push_back({.item = ItemId{3}, .hop = "http://h/", .hop_status = 308});
  call.items.push_back({.item = ItemId{~std::uint64_t{0}}, .value = std::string(70'000, 'v')});
  call.items.push_back({.item = ItemId{0}, .value = std::string("a\0b", 3), .hop = "x"});
  return call;
}

std::string work(std::initializer_list<Call> calls) {
  std::string payload;
  for (const Call& call : calls) encode_call(call, payload);
  return payload;
}

TEST(CallMessage, ComesBackWhole) {
  const Call empty{.items = {}};
  EXPECT_EQ(shown(decode_calls(work({noop_call(), empty, rich_call()}))),
            show(noop_call()) + "\n" + show(empty) + "\n" + show(rich_call()) + "\n");
  EXPECT_EQ(shown(decode_calls("")), "");
}

TEST(CallMessage, AnItemOfARunCostsTwoBytesBesideItsValue) {
  Call call = noop_call();
  const std::size_t before = work({call}).size();
  call.items.push_back({.item = ItemId{call.items.back().item.value + 1}, .value = "12345"});
  EXPECT_EQ(work({call}).size(), before + 2 + 5);
}

TEST(CallMessage, VectorOfTheDocument) {
  EXPECT_EQ(vectors_of("Test vectors: payloads")["work: one call of three items"],
            work({noop_call()}));
}

// A strict prefix is refused unless it ends exactly between two calls.
TEST(CallMessage, CutPayloadsAreCorrupt) {
  const std::string calls = work({noop_call(), noop_call()});
  const std::size_t one = work({noop_call()}).size();
  for (std::size_t size = 1; size < calls.size(); ++size) {
    EXPECT_EQ(decode_calls(calls.substr(0, size)).has_value(), size == one) << size;
  }
}

// Whatever one byte becomes: an error or another call, never a crash (ASan).
TEST(CallMessage, ChangedBytesAreRefusedOrReadAsSomethingElse) {
  const std::string calls = work({noop_call()});
  for (std::size_t at = 0; at < calls.size(); ++at) {
    std::string changed = calls;
    for (int value = 0; value < 256; ++value) {
      changed[at] = static_cast<char>(value);
      (void)decode_calls(changed);
    }
  }
}

TEST(CallMessage, UnknownFlagsAreRefused) {
  EXPECT_FALSE(decode_calls(std::string("\x01\x00\x04\x00\x00", 5))) << "of a call";
  EXPECT_FALSE(decode_calls(std::string("\x01\x00\x00\x00\x01\x08\x00", 7))) << "of an item";
}

TEST(CallMessage, AShortMessageCannotAskForALargeTable) {
  const std::string two_to_the_60_items("\x01\x00\x00\x00\x80\x80\x80\x80\x80\x80\x80\x80\x10", 13);
  EXPECT_FALSE(decode_calls(two_to_the_60_items));
}

}  // namespace
}  // namespace penstock::wire
