// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Turns an answer into pieces of bytes with waits between them. Pure: the session owns the socket
// and the timer, so that every misbehaviour on the wire can be tested without either.
#pragma once

#include "answer.h"

namespace penstock::lab {

/// Calls must match: next* until a piece is `last` or `holds`.
class Outgoing {
 public:
  /// What to do with the bytes that next() appended: wait, send, and then?
  struct Piece {
    Duration wait{};
    bool last = false;   ///< Nothing follows; the delivery's ending applies.
    bool holds = false;  ///< Nothing follows, ever, and the connection stays.
  };

  /// `date` stands in the Date header.
  Outgoing(Answer answer, std::string_view date);

  [[nodiscard]] Piece next(std::string& out);

  [[nodiscard]] Ending ending() const noexcept { return answer_.delivery.ending; }
  [[nodiscard]] int status() const noexcept { return answer_.status; }

 private:
  [[nodiscard]] Piece open(std::string& out);
  void append_body(std::size_t bytes_max, std::string& out);
  [[nodiscard]] bool close(std::string& out);

  Answer answer_;
  std::string head_;
  std::uint64_t body_end_ = 0;  ///< Where the body ends or is broken off.
  std::uint64_t sent_bytes_ = 0;
  bool opened_ = false;
};

}  // namespace penstock::lab
