// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One connection: reads requests, sends answers, keeps their timing. It decides nothing about
// what is answered.
#pragma once

#include "outgoing.h"
#include "request_reader.h"
#include "responder.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace penstock::lab {

/// A client that closes, or ends its sending side, while it waits has left: its request counts
/// as abandoned and is in flight no more. Hence reading is always armed, also while answering;
/// requests that come early (pipelining) wait in the inbox.
///
/// Threads: that of its socket's executor. It lives as long as an operation of its own is open.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  Session(Socket socket, Responder& responder, std::uint64_t number);
  ~Session();

  void start() { arm_read(); }

 private:
  struct Answering {
    Exchange exchange;
    Outgoing outgoing;
    std::uint64_t bytes_out = 0;
  };

  void arm_read();
  void on_readable();
  void read_requests();
  void begin(Request request);
  void send_next();
  void write(bool last);
  void on_written(std::size_t bytes, bool last);
  void end_answer();
  void on_peer_gone();
  void linger();
  void close();

  Socket socket_;
  boost::asio::steady_timer timer_;
  Responder& responder_;
  Origin origin_;
  RequestReader reader_;
  std::string inbox_;
  std::string outbox_;
  std::optional<Answering> answering_;
  bool reading_ = false;    // An asynchronous wait for input is open.
  bool lingering_ = false;  // Our side has ended; what still comes is dropped.
};

}  // namespace penstock::lab
