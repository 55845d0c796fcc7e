// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The latest idle connection of an origin first: the others may then grow old and be closed.
#include "net/plain_pool.h"

#include <algorithm>
#include <chrono>

namespace penstock::net {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
constexpr std::size_t kOriginsKept = 64;  // Whose empty lists are not worth making anew.

// Somebody between may have forgotten a connection that was silent for longer, without a word.
// As libcurl's own default.
constexpr std::chrono::seconds kIdleMax{118};

}  // namespace

PlainPool::PlainPool(ClientShared& shared) : shared_(shared) {}

int PlainPool::start(Exchange& exchange, std::string_view origin, const IpAddress& address,
                     std::uint16_t port, Reuse reuse) {
  PlainConnection* const kept = reuse == Reuse::kept_or_new ? take_idle(origin) : nullptr;
  if (kept != nullptr) {
    const int fd = kept->fd();
    came_to(*kept, kept->carry(exchange));
    return fd;
  }
  make_room();
  auto connection =
      std::make_unique<PlainConnection>(shared_, kLane, address, port, std::string(origin));
  auto end = connection->open(exchange);
  const int fd = connection->fd();
  if (fd < 0) {
    ended_.push_back(std::move(*end));  // Without a socket it has ended.
    return fd;
  }
  const auto index = static_cast<std::size_t>(fd);
  if (index >= by_fd_.size()) by_fd_.resize(index + 1);
  by_fd_[index] = Entry{std::move(connection), idle_.end()};
  ++connections_;
  came_to(*by_fd_[index].connection, std::move(end));
  return fd;
}

void PlainPool::run_socket(int fd, std::uint32_t events) {
  const auto index = static_cast<std::size_t>(fd);
  // Another event of the same batch may have closed it.
  if (index >= by_fd_.size() || !by_fd_[index].connection) return;
  if (room_.empty()) room_.resize(kReadBytes);
  PlainConnection& connection = *by_fd_[index].connection;
  const bool was_idle = connection.is_idle();
  auto end = connection.run(events, room_);
  if (was_idle) return close(fd);
  came_to(connection, std::move(end));
}

void PlainPool::came_to(PlainConnection& connection, std::optional<PlainEnd> end) {
  if (!end) return;
  const bool kept = end->connection_kept && !has_too_many();
  ended_.push_back(std::move(*end));
  if (kept) {
    put_idle(connection);
  } else {
    close(connection.fd());
  }
}

PlainConnection* PlainPool::take_idle(std::string_view origin) {
  for (;;) {
    // Taking one out may forget the origin.
    const auto found = idle_by_origin_.find(origin);
    if (found == idle_by_origin_.end() || found->second.empty()) return nullptr;
    PlainConnection* latest = found->second.back();
    take_out(*latest);
    const bool is_old = shared_.now - latest->idle_since() > kIdleMax;
    // Asking costs less than an answer that never comes, or that nobody asked for.
    if (!is_old && latest->is_quiet()) return latest;
    close(latest->fd());
  }
}

void PlainPool::put_idle(PlainConnection& connection) {
  auto found = idle_by_origin_.find(std::string_view(connection.origin()));
  if (found == idle_by_origin_.end()) {
    found = idle_by_origin_.emplace(connection.origin(), std::vector<PlainConnection*>()).first;
  }
  found->second.push_back(&connection);
  by_fd_[static_cast<std::size_t>(connection.fd())].place = idle_.insert(idle_.end(), &connection);
}

void PlainPool::take_out(PlainConnection& connection) {
  Entry& entry = by_fd_[static_cast<std::size_t>(connection.fd())];
  idle_.erase(std::exchange(entry.place, idle_.end()));
  const auto found = idle_by_origin_.find(std::string_view(connection.origin()));
  auto& idle = found->second;
  // Mostly the last one.
  idle.erase(std::find(idle.rbegin(), idle.rend(), &connection).base() - 1);
  if (idle.empty() && idle_by_origin_.size() > kOriginsKept) idle_by_origin_.erase(found);
}

/// More than their share, and many of them idle: those in use may well be more than that.
bool PlainPool::has_too_many() const noexcept {
  return connections_ > connections_max_ && idle_.size() >= connections_max_ / 2;
}

void PlainPool::make_room() {
  if (connections_ >= connections_max_ && !idle_.empty()) close(idle_.front()->fd());
}

void PlainPool::drop_idle() {
  while (!idle_.empty()) close(idle_.front()->fd());
}

void PlainPool::drop_old() {
  while (!idle_.empty() && shared_.now - idle_.front()->idle_since() > kIdleMax) {
    close(idle_.front()->fd());
  }
}

void PlainPool::remove(const Exchange& exchange, int connection) {
  const bool has_ended =
      std::erase_if(ended_, [&](const PlainEnd& end) { return end.exchange == &exchange; }) > 0;
  if (!has_ended && connection >= 0) close(connection);
}

void PlainPool::close(int fd) {
  Entry& entry = by_fd_[static_cast<std::size_t>(fd)];
  if (entry.place != idle_.end()) take_out(*entry.connection);
  entry.connection.reset();
  --connections_;
}

}  // namespace penstock::net
