// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Frames over one non-blocking socket, the same at both ends: what does not fit waits here, and
// large payloads go as memory files.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "os/fd.h"
#include "os/memory_file.h"
#include "wire/frame.h"

namespace penstock::executors {

/// A payload of this size or more travels in a memory file, as far as one can be had.
inline constexpr std::size_t kAttachFromBytes = std::size_t{128} << 10U;

/// A batch is sent once it has this size, else at the end of its round.
inline constexpr std::size_t kBatchBytes = std::size_t{64} << 10U;

enum class Intake : std::uint8_t {
  empty,   ///< Nothing more is there now.
  more,    ///< There may be more.
  closed,  ///< The peer has closed; everything it sent has been read.
};

struct Message {
  wire::Kind kind{};
  std::string_view payload;  ///< Borrowed until the next call of next() or fill().
};

/// Threads: owner only. Blocks: never. Calls, for reading: (fill next*)*
class FrameChannel {
 public:
  explicit FrameChannel(os::Fd socket) : socket_(std::move(socket)) {}

  int fd() const noexcept { return socket_.get(); }

  /// Queue a frame behind the others. Errors: invalid "wire.too_large" (above 1 GiB, or above
  /// 64 MiB and no memory file can be had); nothing is queued then.
  Status push(wire::Kind kind, std::string_view payload);

  /// Send what fits; true when nothing is left. Errors: system (the peer has gone).
  Result<bool> flush();

  /// Read what is there, up to a limit. Errors: system.
  Result<Intake> fill();

  /// The next whole message. Errors: corrupt; the channel is then of no use any more.
  Result<std::optional<Message>> next();

 private:
  // What goes out: bytes, with a file on the first of them.
  struct Chunk {
    std::string bytes;
    os::Fd attached;
  };

  Result<Message> open_attached(const wire::Header& header);

  os::Fd socket_;
  std::deque<Chunk> outgoing_;
  std::size_t sent_bytes_ = 0;  // Of the first chunk.
  wire::Decoder decoder_;
  std::deque<os::Fd> arrived_;  // Files whose frames are still to come.
  os::Mapping current_;         // What the last attached message borrows from.
};

}  // namespace penstock::executors
