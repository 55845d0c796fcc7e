// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Answers are small and sent at once; a socket that does not take one whole is closed.
#include "cli/control_server.h"

#include <array>
#include <chrono>
#include <utility>

#include "cli/control_request.h"
#include "os/file.h"
#include "os/local_socket.h"
#include "os/socket_pair.h"

namespace penstock::cli {
namespace {

constexpr std::chrono::seconds kRest{1};  // Until it is tried again to let callers in.

constexpr int kPatienceMs = 5'000;

/// Append what is there; false when the other side has gone.
bool receive_into(const os::Fd& socket, std::string& text) {
  std::array<char, 16 * 1024> room{};
  const Result<os::Received> received = os::receive_some(socket, room);
  if (!received || (received->bytes == 0 && !received->empty)) return false;
  text.append(room.data(), received->bytes);
  return true;
}

}  // namespace

ControlServer::ControlServer(std::filesystem::path path, os::EpollLoop& loop, Respond respond)
    : path_(std::move(path)), loop_(loop), respond_(std::move(respond)) {}

Result<std::unique_ptr<ControlServer>> ControlServer::open(const std::filesystem::path& socket,
                                                           os::EpollLoop& loop, Respond respond) {
  std::unique_ptr<ControlServer> server(new ControlServer(socket, loop, std::move(respond)));
  PENSTOCK_TRY(listener, os::listen_local(socket));
  server->listener_ = std::move(listener);
  PENSTOCK_CHECK(server->listen());
  return server;
}

Status ControlServer::listen() {
  PENSTOCK_TRY(watch, loop_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { accept(); }));
  watch_ = watch;
  return ok();
}

/// Whoever cannot be let in stays at the door, and would ring it all the time.
void ControlServer::rest() {
  loop_.unwatch(std::exchange(watch_, {}));
  rest_ = loop_.at(loop_.round_began() + kRest, [this] {
    rest_ = {};
    if (!listen()) rest();
  });
}

ControlServer::~ControlServer() {
  loop_.unwatch(watch_);
  loop_.cancel(rest_);
  while (!callers_.empty()) hang_up(callers_.begin()->first);
  // Best effort: a socket that stays behind is replaced by the next run.
  static_cast<void>(os::remove_file(path_));
}

void ControlServer::accept() {
  Result<std::optional<os::Fd>> found = os::accept_local(listener_);
  if (!found) return rest();
  if (!*found || callers_.size() >= kCallersMax) return;
  const int fd = (*found)->get();
  Result<os::WatchId> watch = loop_.watch(fd, EPOLLIN, [this, fd](std::uint32_t) { hear(fd); });
  if (!watch) return;
  callers_.emplace(fd, Caller{std::move(**found), *watch, {}});
}

void ControlServer::hear(int fd) {
  const auto found = callers_.find(fd);
  if (found == callers_.end()) return;
  Caller& caller = found->second;
  if (!receive_into(caller.socket, caller.heard) || !answer_lines(caller)) hang_up(fd);
}

bool ControlServer::answer_lines(Caller& caller) {
  for (std::size_t end = caller.heard.find('\n'); end != std::string::npos;
       end = caller.heard.find('\n')) {
    const std::string answer = respond_(std::string_view(caller.heard).substr(0, end)) + "\n";
    caller.heard.erase(0, end + 1);
    const Result<std::size_t> sent = os::send_some(caller.socket, answer);
    if (!sent || *sent != answer.size()) return false;
  }
  return caller.heard.size() <= kControlLineMax;
}

void ControlServer::hang_up(int fd) {
  const auto found = callers_.find(fd);
  loop_.unwatch(found->second.watch);
  callers_.erase(found);
}

Result<std::string> ask_run(const std::filesystem::path& socket, std::string_view line) {
  PENSTOCK_TRY(run, os::connect_local(socket));
  const std::string question = std::string(line) + "\n";
  PENSTOCK_TRY(sent, os::send_some(run, question));
  if (sent != question.size())
    return Error{Errc::system, "the run takes no questions", "socket.full"};
  std::string answer;
  while (answer.find('\n') == std::string::npos) {
    if (!os::wait_for_socket(run, os::Readiness::readable, kPatienceMs))
      return Error{Errc::timeout, "the run does not answer", "socket.timeout"};
    if (!receive_into(run, answer))
      return Error{Errc::unavailable, "the run has ended", "socket.silent"};
  }
  answer.resize(answer.find('\n'));
  return answer;
}

}  // namespace penstock::cli
