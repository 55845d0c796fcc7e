// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How much the wire costs an item: a no-op call of 1,024 items with values of 20 bytes there and
// its answer back, frames and checks included. Prints the best of many rounds; checks the answer.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "wire/frame.h"
#include "wire/messages.h"

namespace {

using namespace penstock;  // A program of its own.

constexpr std::uint64_t kItems = 1'024;
constexpr int kRounds = 2'000;

Call make_call() {
  Call call{.id = CallId{77}, .step = StepIndex{1}, .items = {}};
  for (std::uint64_t i = 0; i < kItems; ++i) {
    call.items.push_back(
        CallItem{.item = ItemId::of(StepIndex{1}, 1'000'000 + i),
                 .value = R"({"n":)" + std::to_string(10'000'000'000'000 + i) + "}"});
  }
  return call;
}

std::string to_frame(wire::Kind kind, const std::string& payload) {
  std::string bytes;
  wire::encode_frame(kind, payload, bytes);
  return bytes;
}

double seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

struct Round {
  double encode_s = 0;
  double decode_s = 0;
  bool right = false;
};

Round run(const Call& call, wire::Decoder& there, wire::Decoder& back) {
  const auto began = std::chrono::steady_clock::now();
  std::string payload;
  wire::encode_call(call, payload);
  const std::string work = to_frame(wire::Kind::work, payload);
  const auto encoded = std::chrono::steady_clock::now();
  bool right = false;
  {
    there.feed(work);
    const auto frame = there.next();
    const auto calls = wire::decode_calls((*frame)->payload);
    std::string answer;
    for (const Call& received : *calls) {
      right =
          received.items.size() == kItems && received.items.back().value == call.items.back().value;
      wire::encode_finished(FinishedCall{.id = received.id}, answer);
    }
    back.feed(to_frame(wire::Kind::finished, answer));
    const auto finished = back.next();
    right = right && wire::decode_finished((*finished)->payload)->front().id == call.id;
  }
  const auto decoded = std::chrono::steady_clock::now();
  return Round{
      .encode_s = seconds(encoded - began), .decode_s = seconds(decoded - encoded), .right = right};
}

}  // namespace

int main() {
  const Call call = make_call();
  wire::Decoder there;
  wire::Decoder back;
  Round best{.encode_s = 1, .decode_s = 1};
  for (int i = 0; i < kRounds; ++i) {
    const Round round = run(call, there, back);
    if (!round.right) return EXIT_FAILURE;
    if (round.encode_s + round.decode_s < best.encode_s + best.decode_s) best = round;
  }
  std::printf("wire: encode %.1f ns + decode %.1f ns an item (20-byte values, 1,024 a call)\n",
              best.encode_s / kItems * 1e9, best.decode_s / kItems * 1e9);
  return EXIT_SUCCESS;
}
