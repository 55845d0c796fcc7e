// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bytes in, requests out. It knows nothing of sockets, and keeps Boost.Beast in one file.
#pragma once

#include "request.h"

#include <memory>
#include <string_view>

namespace penstock::lab {

/// Parses one request at a time. Calls must match: (feed* take)*
///
/// Limits: 1 MiB of headers, 64 MiB of body; more is malformed.
class RequestReader {
 public:
  enum class State : std::uint8_t { need_more, complete, malformed };

  struct Fed {
    std::size_t used_bytes;  ///< Feed the rest again, with more behind it.
    State state;
  };

  RequestReader();
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  [[nodiscard]] Fed feed(std::string_view bytes);

  /// Whether the client waits for "100 Continue"; true once a request.
  [[nodiscard]] bool take_continue();

  /// The complete request; the reader begins anew. REQUIRES: feed() said complete.
  [[nodiscard]] Request take();

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace penstock::lab
