// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "wire/messages.h"

#include <gtest/gtest.h>

#include "wire/wire_vectors.h"

namespace penstock::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TimePoint at(std::int64_t ns) { return TimePoint(nanoseconds(ns)); }

// Everything a message holds, as text: equal texts mean equal messages.
std::string show(const Call& call) {
  std::string text = std::to_string(static_cast<std::uint64_t>(call.id)) + "/" +
                     std::to_string(static_cast<int>(call.step)) + "@" +
                     std::to_string(call.not_before.time_since_epoch().count()) +
                     (call.alone ? " alone" : "");
  for (const CallItem& item : call.items) {
    text += " [" + std::to_string(item.item.value) + " #" + std::to_string(item.attempt) + " " +
            item.value + " > " + item.hop + " " + std::to_string(item.hop_status) + "]";
  }
  return text;
}

std::string show(const Error& error) {
  return std::string(to_string(error.code)) + "," + error.kind + "," + error.message + "," +
         std::to_string(static_cast<int>(error.sent)) + "," +
         (error.retry_after ? std::to_string(error.retry_after->count()) : "-");
}

std::string show(const ItemVerdict& verdict) {
  std::string text = std::to_string(static_cast<int>(verdict.outcome)) + " {" +
                     show(verdict.error) + "} " + verdict.output;
  text += verdict.fans_out ? " fans" : "";
  for (const std::string& element : verdict.elements) text += " " + element;
  return text + " > " + verdict.link + " " + std::to_string(verdict.moved_status);
}

std::string show(const FinishedCall& call) {
  std::string text = std::to_string(static_cast<std::uint64_t>(call.id)) + " " +
                     std::to_string(call.sent_at.time_since_epoch().count()) + "+" +
                     std::to_string(call.elapsed.count()) + " " + std::to_string(call.bytes);
  for (const auto& [name, value] : call.rate_headers) text += " " + name + ": " + value;
  for (const ItemVerdict& verdict : call.verdicts) text += " [" + show(verdict) + "]";
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
  return Call{.id = CallId{~std::uint64_t{0}},
              .step = StepIndex{255},
              .not_before = at(123'456'789'012),
              .alone = true,
              .items = {{.item = ItemId{7}, .attempt = 4'000'000'000, .value = "{}"},
                        {.item = ItemId{3}, .value = "", .hop = "http://h/", .hop_status = 308},
                        {.item = ItemId{~std::uint64_t{0}}, .value = std::string(70'000, 'v')},
                        {.item = ItemId{0}, .value = std::string("a\0b", 3), .hop = "x"}}};
}

FinishedCall rich_finished() {
  FinishedCall call{.id = CallId{9},
                    .sent_at = at(1'000'000),
                    .elapsed = nanoseconds(250),
                    .bytes = 1'234,
                    .rate_headers = {{"retry-after", "3"}, {"x", ""}},
                    .verdicts = {}};
  call.verdicts.push_back({.outcome = Outcome::done, .output = R"("text")"});
  call.verdicts.push_back(
      {.outcome = Outcome::done, .fans_out = true, .elements = {"{}", "{\"a\":1}"}});
  call.verdicts.push_back({.outcome = Outcome::done, .fans_out = true, .link = "http://next/"});
  call.verdicts.push_back(
      {.outcome = Outcome::moved, .link = "http://there/", .moved_status = 307});
  call.verdicts.push_back({.outcome = Outcome::failed,
                           .error = {.code = Errc::throttled,
                                     .message = "GET http://h/: 429",
                                     .kind = "http.429",
                                     .sent = Sent::yes,
                                     .retry_after = milliseconds(1'500)}});
  call.verdicts.push_back({.outcome = Outcome::skipped, .error = {.code = Errc::rejected}});
  call.verdicts.push_back({});
  return call;
}

template <typename Message>
std::string shown(const Result<std::vector<Message>>& messages) {
  if (!messages) return messages.error().kind;
  std::string text;
  for (const Message& message : *messages) text += show(message) + "\n";
  return text;
}

std::string work(std::initializer_list<Call> calls) {
  std::string payload;
  for (const Call& call : calls) encode_call(call, payload);
  return payload;
}

std::string answers(std::initializer_list<FinishedCall> calls) {
  std::string payload;
  for (const FinishedCall& call : calls) encode_finished(call, payload);
  return payload;
}

TEST(Messages, CallsComeBackWhole) {
  const Call empty{.items = {}};
  EXPECT_EQ(shown(decode_calls(work({noop_call(), empty, rich_call()}))),
            show(noop_call()) + "\n" + show(empty) + "\n" + show(rich_call()) + "\n");
  EXPECT_EQ(shown(decode_calls("")), "");
}

TEST(Messages, FinishedCallsComeBackWhole) {
  const FinishedCall well{.id = CallId{1}, .verdicts = {}};
  EXPECT_EQ(shown(decode_finished(answers({well, rich_finished(), well}))),
            show(well) + "\n" + show(rich_finished()) + "\n" + show(well) + "\n");
}

TEST(Messages, AllWellIsOneFlag) {
  EXPECT_EQ(answers({FinishedCall{.id = CallId{5}, .verdicts = {}}}), std::string("\x05\x00", 2));
}

TEST(Messages, AnItemOfARunCostsTwoBytesBesideItsValue) {
  Call call = noop_call();
  const std::size_t before = work({call}).size();
  call.items.push_back(
      CallItem{.item = ItemId{call.items.back().item.value + 1}, .value = "12345"});
  EXPECT_EQ(work({call}).size(), before + 2 + 5);
}

TEST(Messages, ControlMessagesComeBack) {
  const Settings settings{.worker = 3,
                          .concurrency = 5'000,
                          .heartbeat_every = milliseconds(1'500),
                          .files_folder = "/run/files"};
  const auto back = decode_settings(encode_settings(settings));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, settings);
  std::string cancels;
  encode_cancel(CallId{1}, cancels);
  encode_cancel(CallId{1'000'000}, cancels);
  EXPECT_EQ(*decode_cancels(cancels), (std::vector<CallId>{CallId{1}, CallId{1'000'000}}));
  EXPECT_TRUE(decode_hello(encode_hello()));
  EXPECT_FALSE(decode_hello("\x63")) << "another version";
}

TEST(Messages, VectorsOfTheDocument) {
  auto vectors = vectors_of("Test vectors: payloads");
  ASSERT_EQ(vectors.size(), 6U);
  EXPECT_EQ(vectors["hello"], encode_hello());
  EXPECT_EQ(vectors["settings"], encode_settings({.worker = 1,
                                                  .concurrency = 500,
                                                  .heartbeat_every = milliseconds(15'000),
                                                  .files_folder = "/f"}));
  EXPECT_EQ(vectors["work: one call of three items"], work({noop_call()}));
  EXPECT_EQ(vectors["finished: all well"],
            answers({FinishedCall{.id = CallId{300}, .verdicts = {}}}));
  FinishedCall failed{.id = CallId{2}, .bytes = 10, .verdicts = {}};
  failed.verdicts.push_back({.outcome = Outcome::failed,
                             .error = {.code = Errc::throttled,
                                       .message = "no",
                                       .kind = "http.429",
                                       .sent = Sent::yes,
                                       .retry_after = milliseconds(1'000)}});
  EXPECT_EQ(vectors["finished: one failed item"], answers({failed}));
  std::string cancel;
  encode_cancel(CallId{300}, cancel);
  EXPECT_EQ(vectors["cancel"], cancel);
}

// A strict prefix is refused unless it ends exactly between two calls; no prefix crashes.
TEST(Messages, CutPayloadsAreCorrupt) {
  const std::string calls = work({noop_call(), noop_call()});
  const std::string finished = answers({rich_finished()});
  const std::size_t one = work({noop_call()}).size();
  for (std::size_t size = 1; size < calls.size(); ++size) {
    EXPECT_EQ(decode_calls(calls.substr(0, size)).has_value(), size == one) << size;
  }
  for (std::size_t size = 1; size < finished.size(); ++size) {
    EXPECT_FALSE(decode_finished(finished.substr(0, size))) << size;
  }
  const std::string settings = encode_settings({.files_folder = "/f"});
  EXPECT_FALSE(decode_settings(settings.substr(0, settings.size() - 1)));
  EXPECT_FALSE(decode_settings(settings + "x")) << "trailing bytes";
}

// Whatever one byte becomes: an error or another message, never a crash (ASan) or a huge table.
TEST(Messages, ChangedBytesAreRefusedOrReadAsSomethingElse) {
  std::string calls = work({noop_call()});
  std::string finished = answers({rich_finished()});
  for (std::string* payload : {&calls, &finished}) {
    for (char& byte : *payload) {
      const char before = byte;
      for (int value = 0; value < 256; ++value) {
        byte = static_cast<char>(value);
        (void)decode_calls(*payload);
        (void)decode_finished(*payload);
      }
      byte = before;
    }
  }
}

TEST(Messages, UnknownCodesAreRefused) {
  const std::string verdict_of_outcome_7("\x01\x08\x01\x07", 4);
  EXPECT_FALSE(decode_finished(verdict_of_outcome_7));
  const std::string error_code_99("\x01\x08\x01\x0a\x63\x00\x00\x00", 8);
  EXPECT_FALSE(decode_finished(error_code_99));
  const std::string call_flags_2("\x01\x00\x02\x00\x00", 5);
  EXPECT_FALSE(decode_calls(call_flags_2));
}

TEST(Messages, AShortMessageCannotAskForALargeTable) {
  const std::string call_of_2_to_the_60_items(
      "\x01\x00\x00\x00\x80\x80\x80\x80\x80\x80\x80\x80\x10", 13);
  EXPECT_FALSE(decode_calls(call_of_2_to_the_60_items));
  const std::string verdicts("\x01\x08\xff\xff\xff\xff\x0f", 7);
  EXPECT_FALSE(decode_finished(verdicts));
}

}  // namespace
}  // namespace penstock::wire
