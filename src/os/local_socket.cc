// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// An address of a local socket has room for 107 bytes of path. The folder is therefore opened, and
// the socket named by way of /proc/self/fd.
#include "os/local_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr int kCallersMax = 16;

/// The folder stays open as long as the address is used.
struct Address {
  Fd folder;
  sockaddr_un name{};
};

Result<Address> address_of(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  Address address;
  address.folder = Fd(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!address.folder) return system_error("open", parent.string());
  const std::string name =
      "/proc/self/fd/" + std::to_string(address.folder.get()) + "/" + path.filename().string();
  if (name.size() >= sizeof address.name.sun_path)
    return system_error("socket", path.string(), ENAMETOOLONG);
  address.name.sun_family = AF_UNIX;
  std::memcpy(address.name.sun_path, name.c_str(), name.size() + 1);
  return address;
}

Result<Fd> make_socket() {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return system_error("socket", "local");
  return socket;
}

const sockaddr* plain(const sockaddr_un& name) { return reinterpret_cast<const sockaddr*>(&name); }

}  // namespace

Result<Fd> listen_local(const std::filesystem::path& path) {
  PENSTOCK_TRY(address, address_of(path));
  PENSTOCK_TRY(socket, make_socket());
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("remove", path.string());
  if (::bind(socket.get(), plain(address.name), sizeof address.name) != 0)
    return system_error("bind", path.string());
  // Between bind and chmod the folder's own mode (0700) keeps others out.
  if (::chmod(path.c_str(), 0600) != 0) return system_error("chmod", path.string());
  if (::listen(socket.get(), kCallersMax) != 0) return system_error("listen", path.string());
  return std::move(socket);
}

Result<std::optional<Fd>> accept_local(const Fd& listener) {
  Fd caller(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (caller) return std::optional<Fd>(std::move(caller));
  const bool gone = errno == EAGAIN || errno == ECONNABORTED || errno == EINTR;
  if (gone) return std::optional<Fd>();
  return system_error("accept", "local socket");
}

Result<Fd> connect_local(const std::filesystem::path& path) {
  PENSTOCK_TRY(address, address_of(path));
  PENSTOCK_TRY(socket, make_socket());
  if (::connect(socket.get(), plain(address.name), sizeof address.name) == 0)
    return std::move(socket);
  if (errno == ENOENT || errno == ECONNREFUSED)
    return Error{Errc::unavailable, "nobody listens at " + path.string(), "socket.silent"};
  return system_error("connect", path.string());
}

bool wait_for_socket(const Fd& socket, Readiness readiness, int patience_ms) {
  const bool reading = readiness == Readiness::readable;
  pollfd one{.fd = socket.get(), .events = static_cast<short>(reading ? POLLIN : POLLOUT)};
  return ::poll(&one, 1, patience_ms) == 1;
}

}  // namespace penstock::os
