// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bytes of a connection into what an exchange is told. Boost.Beast knows HTTP/1.1; this is the one
// place that includes it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/exchange.h"

namespace penstock::net {

/// How far an answer is.
enum class AnswerState : std::uint8_t {
  open,       ///< More has to come.
  whole,      ///< All of it has come.
  refused,    ///< The exchange said stop.
  cut,        ///< The stream ended too early.
  malformed,  ///< No HTTP/1.1 that we can read.
};

/// Threads: owner only.
class AnswerParser {
 public:
  AnswerParser();
  ~AnswerParser();
  AnswerParser(AnswerParser&&) noexcept;
  AnswerParser& operator=(AnswerParser&&) noexcept;

  /// From here on, the bytes answer this request. REQUIRES: it stays until the state is not `open`.
  void begin(Exchange& exchange);

  /// The next bytes. REQUIRES: the state is open.
  AnswerState feed(std::string_view bytes);

  /// The server will send no more. REQUIRES: the state is open.
  AnswerState end_of_stream();

  /// The head of a final answer, from its status line to the empty line, is one that is read here.
  static bool can_read(std::string_view head);

  /// Of a whole answer: another request may follow on the connection.
  bool keeps_connection() const noexcept;

 private:
  class Reader;
  AnswerState parse(std::string_view& bytes);

  std::unique_ptr<Reader> reader_;
  Exchange* exchange_ = nullptr;
  std::string unread_;  // The beginning of a line that has not come whole.
  bool excess_ = false;
};

}  // namespace penstock::net
