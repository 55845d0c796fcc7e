// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Requests and answers are whole messages on a socket of their own; a request carries the worker's
// socket and page. The zygote ends when that socket is closed, and is killed when the engine dies.
#include "executors/zygote.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "executors/worker_main.h"
#include "os/child.h"
#include "os/proc_stat.h"
#include "os/signals.h"
#include "os/socket_pair.h"

namespace penstock {
namespace {

constexpr int kPatienceMs = 1'000;

struct Request {
  std::uint64_t tag = 0;
  std::uint32_t index = 0;
};

template <typename Message>
std::string_view bytes_of(const Message& message) {
  static_assert(std::is_trivially_copyable_v<Message>);
  return {reinterpret_cast<const char*>(&message), sizeof message};
}

// One message of exactly this type, or nothing. The descriptors that came with it go to `attached`.
template <typename Message>
Result<std::optional<Message>> receive(const os::Fd& socket, std::vector<os::Fd>& attached) {
  std::array<char, sizeof(Message)> room{};
  PENSTOCK_TRY(received, os::receive_some(socket, room));
  if (received.empty) return std::optional<Message>();
  if (received.bytes != room.size()) {
    return Error{
        .code = Errc::system, .message = "ask the zygote: it has gone", .kind = "zygote.gone"};
  }
  attached = std::move(received.attached);
  Message message;
  std::memcpy(&message, room.data(), sizeof message);
  return std::optional(message);
}

void fork_worker(const StepSet& steps, pid_t engine, const os::Fd& socket, const Request& request,
                 std::vector<os::Fd> attached) {
  const Result<pid_t> forked = os::fork_sibling();
  if (forked && *forked == 0) {
    executors::worker_main({.steps = steps,
                            .index = request.index,
                            .engine = engine,
                            .socket = std::move(attached[0]),
                            .page = std::move(attached[1])});
  }
  Zygote::Birth birth{.tag = request.tag, .pid = forked ? *forked : 0};
  if (!forked) forked.error().message.copy(birth.refused.data(), birth.refused.size() - 1);
  (void)os::send_some(socket, bytes_of(birth));  // Failing, the engine has gone: so shall we.
}

[[noreturn]] void zygote_main(const StepSet& steps, pid_t engine, os::Fd socket) {
  // The engine steers: a Ctrl-C or a closed terminal reaches every process of the group.
  os::reset_signals({SIGINT, SIGTERM, SIGHUP, SIGPIPE});
  if (!os::die_with(engine)) ::_exit(0);
  const std::array<int, 1> kept{socket.get()};
  os::close_all_but(kept);
  (void)os::redirect_to_null(STDIN_FILENO);
  (void)os::redirect_to_null(STDOUT_FILENO);  // What a step prints must not stand in the results.
  os::set_process_name("penstock-zygote");
  for (;;) {
    std::vector<os::Fd> attached;
    const auto request = receive<Request>(socket, attached);
    if (!request) ::_exit(0);
    if (*request && attached.size() == 2) {
      fork_worker(steps, engine, socket, **request, std::move(attached));
    }
  }
}

#if defined(__SANITIZE_THREAD__)
constexpr bool kHasHiddenThreads = true;  // ThreadSanitizer runs one of its own.
#else
constexpr bool kHasHiddenThreads = false;
#endif

Status require_one_thread() {
  PENSTOCK_TRY(threads, os::thread_count());
  if (threads == 1 || kHasHiddenThreads) return ok();
  return Error{.code = Errc::internal,
               .message = fmt::format("fork the zygote: {} threads run already", threads),
               .kind = "zygote.threads"};
}

}  // namespace

Result<std::shared_ptr<Zygote>> Zygote::start(StepSet steps) {
  PENSTOCK_CHECK(require_one_thread());
  PENSTOCK_TRY(pair, os::make_socket_pair(os::SocketKind::messages));
  const pid_t engine = ::getpid();
  PENSTOCK_TRY(pid, os::fork_child());
  if (pid == 0) zygote_main(steps, engine, std::move(pair.second));
  PENSTOCK_TRY(process, os::open_process(pid));
  return std::shared_ptr<Zygote>(
      new Zygote(std::move(steps), pid, std::move(process), std::move(pair.first)));
}

Zygote::Zygote(StepSet steps, pid_t pid, os::Fd process, os::Fd socket)
    : steps_(std::move(steps)),
      pid_(pid),
      process_(std::move(process)),
      socket_(std::move(socket)) {}

Zygote::~Zygote() {
  socket_.reset();  // It leaves by itself, unless it is stopped.
  if (!os::wait_for_end(process_, kPatienceMs)) {
    (void)os::send_signal(process_, SIGKILL);
    (void)os::wait_for_end(process_, kPatienceMs);
  }
  (void)os::reap(process_);
}

Status Zygote::request(std::uint64_t tag, std::uint32_t index, const os::Fd& socket,
                       const os::Fd& page) {
  const std::array<int, 2> attached{socket.get(), page.get()};
  const Request request{.tag = tag, .index = index};
  PENSTOCK_TRY(sent, os::send_some(socket_, bytes_of(request), attached));
  if (sent == sizeof request) return ok();
  return Error{
      .code = Errc::system, .message = "ask the zygote: its queue is full", .kind = "zygote.busy"};
}

Result<std::optional<Zygote::Birth>> Zygote::take_birth() {
  std::vector<os::Fd> none;
  return receive<Birth>(socket_, none);
}

std::optional<Zygote::Birth> Zygote::wait_for_birth(int patience_ms) {
  if (!os::wait_readable(socket_, patience_ms)) return std::nullopt;
  const auto birth = take_birth();
  return birth ? *birth : std::nullopt;
}

Result<std::shared_ptr<Zygote>> start_zygote(StepSet steps) {
  return Zygote::start(std::move(steps));
}

}  // namespace penstock
