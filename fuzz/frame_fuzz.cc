// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes in any chunks give the same frames; whatever decodes as messages, encodes and decodes
// again to the same. The second half of the bytes is also tried as a payload of its own, since a
// fuzzer seldom finds a check.
#include "wire/frame.h"

#include <algorithm>
#include <string>
#include <vector>

#include "check.h"
#include "wire/messages.h"

namespace penstock {
namespace {

std::string drain(wire::Decoder& decoder) {
  std::string seen;
  for (;;) {
    const auto frame = decoder.next();
    if (!frame) return seen + "!";
    if (!*frame) return seen;
    seen += std::to_string(static_cast<int>((*frame)->header.kind)) + ":";
    seen += std::string((*frame)->payload) + "\n";
  }
}

std::string frames_of(std::string_view bytes, std::size_t chunk_bytes) {
  wire::Decoder decoder;
  std::string seen;
  while (!bytes.empty() && !seen.ends_with("!")) {
    const std::size_t size = std::min(chunk_bytes, bytes.size());
    decoder.feed(bytes.substr(0, size));
    seen += drain(decoder);
    bytes.remove_prefix(size);
  }
  return seen;
}

template <typename Message, typename Encode>
std::string encoded(const std::vector<Message>& messages, Encode encode) {
  std::string payload;
  for (const Message& message : messages) encode(message, payload);
  return payload;
}

// Encoding is canonical, decoding is not (varints have longer forms): so one round normalises.
template <typename Decode, typename Encode>
void check_payload(std::string_view payload, Decode decode, Encode encode) {
  const auto messages = decode(payload);
  if (!messages) return;
  const std::string once = encoded(*messages, encode);
  const auto again = decode(once);
  PENSTOCK_ASSERT(again && again->size() == messages->size());
  PENSTOCK_ASSERT(encoded(*again, encode) == once);
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view text = fuzz::as_text(bytes, size);
  const std::size_t chunk_bytes = std::size_t{1} + fuzz::take_byte(text) % 16;
  PENSTOCK_ASSERT(frames_of(text, SIZE_MAX) == frames_of(text, chunk_bytes));
  const std::string_view payload = text.substr(text.size() / 2);
  for (const std::string_view tried : {text, payload}) {
    check_payload(tried, wire::decode_calls, wire::encode_call);
    check_payload(tried, wire::decode_finished, wire::encode_finished);
    check_payload(tried, wire::decode_started, wire::encode_started);
    check_payload(tried, wire::decode_cancels, wire::encode_cancel);
    (void)wire::decode_settings(tried);
    (void)wire::decode_hello(tried);
  }
  return 0;
}
