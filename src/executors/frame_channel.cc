// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A file rides on the first byte of its frame, and both are queues: so the n-th attached frame and
// the n-th file belong together, however the kernel cuts the stream.
#include "executors/frame_channel.h"

#include <array>
#include <span>

#include "os/socket_pair.h"

namespace penstock::executors {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
constexpr int kReadsAtOnce = 8;  // Then the others of the loop have their turn.

}  // namespace

Status FrameChannel::push(wire::Kind kind, std::string_view payload) {
  if (payload.size() >= kAttachFromBytes && payload.size() <= wire::kAttachedBytesMax) {
    if (auto file = os::make_sealed_file(payload)) {
      wire::encode_attached_frame(kind, payload, outgoing_.emplace_back().bytes);
      outgoing_.back().attached = std::move(*file);
      return ok();
    }
  }
  if (payload.size() > wire::kInlineBytesMax) {
    return Error{.code = Errc::invalid,
                 .message = "send " + std::to_string(payload.size()) + " bytes to another process" +
                            ": too many at once",
                 .kind = "wire.too_large"};
  }
  if (outgoing_.empty()) outgoing_.emplace_back();
  wire::encode_frame(kind, payload, outgoing_.back().bytes);
  return ok();
}

Result<bool> FrameChannel::flush() {
  while (!outgoing_.empty()) {
    Chunk& chunk = outgoing_.front();
    const int file = chunk.attached.get();
    const auto attached = chunk.attached ? std::span<const int>(&file, 1) : std::span<const int>();
    const auto rest = std::string_view(chunk.bytes).substr(sent_bytes_);
    PENSTOCK_TRY(sent, os::send_some(socket_, rest, attached));
    if (sent == 0) return false;
    chunk.attached.reset();  // It went with the first byte.
    sent_bytes_ += sent;
    if (sent_bytes_ < chunk.bytes.size()) continue;
    outgoing_.pop_front();
    sent_bytes_ = 0;
  }
  return true;
}

Result<Intake> FrameChannel::fill() {
  std::array<char, kReadBytes> room;
  for (int i = 0; i < kReadsAtOnce; ++i) {
    PENSTOCK_TRY(received, os::receive_some(socket_, room));
    for (os::Fd& file : received.attached) arrived_.push_back(std::move(file));
    if (received.empty) return Intake::empty;
    if (received.bytes == 0) return Intake::closed;
    decoder_.feed(std::string_view(room.data(), received.bytes));
  }
  return Intake::more;
}

Result<std::optional<Message>> FrameChannel::next() {
  current_ = os::Mapping();
  PENSTOCK_TRY(frame, decoder_.next());
  if (!frame) return std::optional<Message>();
  if (!frame->header.attached) {
    return std::optional(Message{.kind = frame->header.kind, .payload = frame->payload});
  }
  PENSTOCK_TRY(message, open_attached(frame->header));
  return std::optional(message);
}

Result<Message> FrameChannel::open_attached(const wire::Header& header) {
  if (arrived_.empty()) {
    return Error{.code = Errc::corrupt,
                 .message = "read attached payload: no file came with it",
                 .kind = "wire.attachment"};
  }
  const os::Fd file = std::move(arrived_.front());
  arrived_.pop_front();
  PENSTOCK_TRY(mapping, os::map_sealed_file(file, header.payload_bytes));
  PENSTOCK_CHECK(wire::check_attached(header, mapping.text()));
  current_ = std::move(mapping);
  return Message{.kind = header.kind, .payload = current_.text()};
}

}  // namespace penstock::executors
