// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One io_context a thread, each with listeners of its own on the same addresses (SO_REUSEPORT):
// the kernel spreads connections, and a session never leaves its thread.
#include "server.h"

#include "session.h"
#include "stamped_read.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/resource.h>
#include <sys/socket.h>

#include <atomic>
#include <csignal>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

namespace penstock::lab {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kPortDraws = 20;
// The kernel caps it at net.core.somaxconn, 4,096 on Debian.
constexpr int kBacklog = 16'384;
constexpr auto kAcceptPause = std::chrono::milliseconds(10);

enum class Sharing { alone, many_threads };

Error bind_error(const tcp::endpoint& endpoint, const error_code& failure) {
  const auto where = endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  return Error{Errc::system, "listen on " + where + ": " + failure.message(), "lab.listen"};
}

/// One address of one thread. It accepts for ever.
class Listener {
 public:
  Listener(asio::io_context& loop, Responder& responder, std::atomic<std::uint64_t>& connections)
      : acceptor_(loop), pause_(loop), responder_(responder), connections_(connections) {}

  Status open(const tcp::endpoint& endpoint, Sharing sharing) {
    error_code failure;
    acceptor_.open(endpoint.protocol(), failure);
    if (!failure) acceptor_.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure && sharing == Sharing::many_threads) {
      const int on = 1;
      setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
    ask_for_stamps(acceptor_.native_handle());
    if (!failure) acceptor_.bind(endpoint, failure);
    if (!failure) acceptor_.listen(kBacklog, failure);
    if (failure) return bind_error(endpoint, failure);
    return ok();
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void accept() {
    acceptor_.async_accept([this](error_code failure, tcp::socket socket) {
      if (failure == asio::error::operation_aborted) return;
      if (failure) return pause_accepting();
      std::make_shared<Session>(std::move(socket), responder_, ++connections_)->start();
      accept();
    });
  }

 private:
  // Out of descriptors or memory: a moment later some connection will have ended.
  void pause_accepting() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](error_code failure) {
      if (!failure) accept();
    });
  }

  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  Responder& responder_;
  std::atomic<std::uint64_t>& connections_;
};

struct Loop {
  asio::io_context context{1};
  std::deque<Listener> listeners{};
};

class AsioServer final : public Server {
 public:
  explicit AsioServer(Responder& responder) : responder_(responder) {}

  Status open(const ListenAddress& address, unsigned threads) {
    port_ = address.port;
    loops_.clear();
    const auto sharing = threads > 1 ? Sharing::many_threads : Sharing::alone;
    for (unsigned i = 0; i < threads; ++i) loops_.emplace_back();
    for (auto& loop : loops_) {
      for (const auto& host : address.hosts) {
        auto& listener = loop.listeners.emplace_back(loop.context, responder_, connections_);
        PENSTOCK_CHECK(listener.open({asio::ip::make_address(host), port_}, sharing));
        port_ = listener.port();
        listener.accept();
      }
    }
    // From here on a signal ends the lab in order, also one that comes before run().
    signals_.emplace(loops_.front().context, SIGTERM, SIGINT);
    return ok();
  }

  [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }

  void run() override {
    signals_->async_wait([this](error_code, int) {
      for (auto& loop : loops_) loop.context.stop();
    });
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < loops_.size(); ++i) {
      others.emplace_back([&loop = loops_[i]] { loop.context.run(); });
    }
    loops_.front().context.run();
  }

 private:
  Responder& responder_;
  std::atomic<std::uint64_t> connections_{0};
  std::uint16_t port_ = 0;
  std::deque<Loop> loops_;
  std::optional<asio::signal_set> signals_;
};

}  // namespace

Result<std::unique_ptr<Server>> open_server(const ListenAddress& address, unsigned threads,
                                            Responder& responder) {
  auto server = std::make_unique<AsioServer>(responder);
  auto opened = server->open(address, threads);
  // A port that is free on the first address may be taken on another: draw again.
  for (int i = 1; !opened && address.port == 0 && i < kPortDraws; ++i) {
    opened = server->open(address, threads);
  }
  if (!opened) return std::move(opened.error());
  return std::unique_ptr<Server>(std::move(server));
}

void raise_open_files() noexcept {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace penstock::lab
