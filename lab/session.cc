// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A state machine of callbacks; each ends by arming the next one, or by letting go.
//
//   session := (read request answer)* (linger | reset | close)
//   answer  := (wait? write)+ | hold
#include "session.h"

#include "http_date.h"
#include "stamped_read.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace penstock::lab {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kInboxBytesMax = 128 * 1024;  // Of early requests, while answering.
constexpr Duration kLinger = std::chrono::seconds(2);

// All sessions of a thread read through one buffer: 5,000 idle connections hold none.
std::span<char> read_buffer() {
  thread_local std::array<char, 64 * 1024> buffer;
  return buffer;
}

// Rendered once a second: a date costs more than the rest of a small answer.
const std::string& date_at(WallTime now) {
  thread_local std::int64_t second = -1;
  thread_local std::string date;
  const auto current = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (current != second) {
    second = current;
    date = http_date(now);
  }
  return date;
}

}  // namespace

Session::Session(Socket socket, Responder& responder, std::uint64_t number)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), responder_(responder) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  if (!ignored) origin_.peer = peer.address().to_string();
  origin_.connection = number;
  origin_.nth_on_connection = 0;
  responder_.connected();
}

Session::~Session() { responder_.disconnected(); }

void Session::arm_read() {
  if (reading_ || !socket_.is_open()) return;
  reading_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code failure) {
    self->reading_ = false;
    if (!failure && self->socket_.is_open()) self->on_readable();
  });
}

// The stamp of the last bytes is the arrival of the request that they complete.
void Session::on_readable() {
  const auto buffer = read_buffer();
  const auto read = read_stamped(socket_.native_handle(), buffer);
  if (read.state == ReadState::end) return on_peer_gone();
  if (read.state == ReadState::nothing_yet || lingering_) return arm_read();
  origin_.at = read.at;
  origin_.wall = read.wall;
  inbox_.append(buffer.data(), read.bytes);
  if (!answering_) return read_requests();
  if (inbox_.size() < kInboxBytesMax) arm_read();
}

void Session::read_requests() {
  if (!inbox_.empty()) {
    const auto fed = reader_.feed(inbox_);
    inbox_.erase(0, fed.used_bytes);
    if (fed.state == RequestReader::State::complete) return begin(reader_.take());
    if (fed.state == RequestReader::State::malformed) return linger();
    if (reader_.take_continue()) {
      error_code ignored;  // A client that is gone shows at the next read.
      asio::write(socket_, asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")),
                  ignored);
    }
  }
  arm_read();
}

// Reading is armed before the answer is sent: a client that leaves must be seen while it waits.
void Session::begin(Request request) {
  ++origin_.nth_on_connection;
  request.origin = origin_;
  auto reply = responder_.answer(request);
  auto& ending = reply.answer.delivery.ending;
  if (!request.keep_alive && ending == Ending::keep) ending = Ending::close;
  answering_.emplace(Answering{std::move(reply.exchange),
                               Outgoing(std::move(reply.answer), date_at(origin_.wall)), 0});
  arm_read();
  send_next();
}

void Session::send_next() {
  outbox_.clear();
  const auto piece = answering_->outgoing.next(outbox_);
  if (piece.holds) return;
  if (piece.wait.count() == 0) return write(piece.last);
  timer_.expires_after(piece.wait);
  timer_.async_wait([self = shared_from_this(), last = piece.last](error_code failure) {
    if (!failure && self->answering_) self->write(last);
  });
}

void Session::write(bool last) {
  if (outbox_.empty()) return on_written(0, last);
  asio::async_write(socket_, asio::buffer(outbox_),
                    [self = shared_from_this(), last](error_code failure, std::size_t bytes) {
                      if (!self->answering_) return;
                      if (failure) return self->on_peer_gone();
                      self->on_written(bytes, last);
                    });
}

void Session::on_written(std::size_t bytes, bool last) {
  answering_->bytes_out += bytes;
  if (!last) return send_next();
  end_answer();
}

void Session::end_answer() {
  const auto ending = answering_->outgoing.ending();
  responder_.finish(answering_->exchange,
                    {answering_->bytes_out, false, std::chrono::system_clock::now()});
  answering_.reset();
  // Idle connections keep small buffers only: 5,000 of them are a usual test.
  if (outbox_.capacity() > kInboxBytesMax / 8) outbox_ = std::string();
  if (ending == Ending::close) return linger();
  if (ending == Ending::reset) {
    error_code ignored;
    socket_.set_option(tcp::socket::linger(true, 0), ignored);
    return close();
  }
  read_requests();
}

// An open write still holds the session and its outbox; its callback finds nothing to do.
void Session::on_peer_gone() {
  if (answering_) {
    responder_.finish(answering_->exchange,
                      {answering_->bytes_out, true, std::chrono::system_clock::now()});
    answering_.reset();
  }
  close();
}

// Closing with unread input would send a reset that can destroy the answer on its way. So our
// side ends first, and the rest is read until the peer ends too, or the time is up.
void Session::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  lingering_ = true;
  timer_.expires_after(kLinger);
  timer_.async_wait([self = shared_from_this()](error_code failure) {
    if (!failure) self->close();
  });
  arm_read();
}

void Session::close() {
  error_code ignored;
  timer_.cancel();
  socket_.close(ignored);
}

}  // namespace penstock::lab
