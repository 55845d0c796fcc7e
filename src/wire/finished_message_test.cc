// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "wire/messages.h"
#include "wire/wire_vectors.h"

namespace penstock::wire {
namespace {

using std::chrono::milliseconds;

// Everything a finished call holds, as text: equal texts mean equal calls.
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

std::string shown(const Result<std::vector<FinishedCall>>& calls) {
  if (!calls) return calls.error().kind;
  std::string text;
  for (const FinishedCall& call : *calls) text += show(call) + "\n";
  return text;
}

FinishedCall all_well(std::uint64_t id) { return {.id = CallId{id}, .verdicts = {}}; }

Error throttled() {
  return {.code = Errc::throttled,
          .message = "no",
          .kind = "http.429",
          .sent = Sent::yes,
          .retry_after = milliseconds(1'000)};
}

FinishedCall rich_finished() {
  FinishedCall call = all_well(9);
  call.sent_at = TimePoint(std::chrono::nanoseconds(1'000'000));
  call.elapsed = std::chrono::nanoseconds(250);
  call.bytes = 1'234;
  call.rate_headers = {{"retry-after", "3"}, {"x", ""}};
  call.verdicts.push_back({.outcome = Outcome::done, .output = R"("text")"});
  call.verdicts.push_back({.outcome = Outcome::done, .fans_out = true});
  call.verdicts.back().elements = {"{}", R"({"a":1})"};
  call.verdicts.push_back({.outcome = Outcome::done, .fans_out = true, .link = "http://next/"});
  call.verdicts.push_back({.outcome = Outcome::moved, .link = "http://to/", .moved_status = 307});
  call.verdicts.push_back({.outcome = Outcome::failed, .error = throttled()});
  call.verdicts.push_back({.outcome = Outcome::skipped, .error = {.code = Errc::rejected}});
  call.verdicts.push_back({});
  return call;
}

std::string answers(std::initializer_list<FinishedCall> calls) {
  std::string payload;
  for (const FinishedCall& call : calls) encode_finished(call, payload);
  return payload;
}

TEST(FinishedMessage, ComesBackWhole) {
  EXPECT_EQ(shown(decode_finished(answers({all_well(1), rich_finished(), all_well(2)}))),
            show(all_well(1)) + "\n" + show(rich_finished()) + "\n" + show(all_well(2)) + "\n");
}

TEST(FinishedMessage, AllWellIsOneFlag) {
  EXPECT_EQ(answers({all_well(5)}), std::string("\x05\x00", 2));
}

TEST(FinishedMessage, VectorsOfTheDocument) {
  auto vectors = vectors_of("Test vectors: payloads");
  EXPECT_EQ(vectors["finished: all well"], answers({all_well(300)}));
  FinishedCall failed = all_well(2);
  failed.bytes = 10;
  failed.verdicts.push_back({.outcome = Outcome::failed, .error = throttled()});
  EXPECT_EQ(vectors["finished: one failed item"], answers({failed}));
}

TEST(FinishedMessage, CutPayloadsAreCorrupt) {
  const std::string finished = answers({rich_finished()});
  for (std::size_t size = 1; size < finished.size(); ++size) {
    EXPECT_FALSE(decode_finished(finished.substr(0, size))) << size;
  }
}

// Whatever one byte becomes: an error or another answer, never a crash (ASan).
TEST(FinishedMessage, ChangedBytesAreRefusedOrReadAsSomethingElse) {
  const std::string finished = answers({rich_finished()});
  for (std::size_t at = 0; at < finished.size(); ++at) {
    std::string changed = finished;
    for (int value = 0; value < 256; ++value) {
      changed[at] = static_cast<char>(value);
      (void)decode_finished(changed);
    }
  }
}

TEST(FinishedMessage, UnknownCodesAreRefused) {
  EXPECT_FALSE(decode_finished(std::string("\x01\x10", 2))) << "call flag";
  EXPECT_FALSE(decode_finished(std::string("\x01\x08\x01\x07", 4))) << "outcome";
  EXPECT_FALSE(decode_finished(std::string("\x01\x08\x01\x0a\x63\x00\x00\x00", 8))) << "code";
  EXPECT_FALSE(decode_finished(std::string("\x01\x08\x01\x0a\x00\x03\x00\x00", 8))) << "sent";
}

TEST(FinishedMessage, AShortMessageCannotAskForALargeTable) {
  EXPECT_FALSE(decode_finished(std::string("\x01\x08\xff\xff\xff\xff\x0f", 7)));
}

}  // namespace
}  // namespace penstock::wire
