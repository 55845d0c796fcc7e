// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// fork_sibling() is a fork by hand: libc's fork() has no CLONE_PARENT. What libc's does besides the
// system call is running atfork handlers (there are none of ours) and storing the child's thread
// id, which CLONE_CHILD_SETTID does here too: the kernel tells where libc keeps it.
#include "os/child.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <string_view>
#include <vector>

#include "os/socket_pair.h"
#include "os/system_error.h"

namespace penstock::os {
namespace {

// Where libc keeps the id of this thread; null if the kernel does not tell.
std::uint64_t thread_id_address() {
  int* address = nullptr;
  if (::prctl(PR_GET_TID_ADDRESS, &address) != 0 || address == nullptr) return 0;
  return *address == static_cast<int>(::syscall(SYS_gettid))
             ? reinterpret_cast<std::uint64_t>(address)
             : 0;
}

// Containers may refuse clone3 (ENOSYS); plain clone then makes do without the thread id.
pid_t clone_sibling() {
  clone_args args{};
  args.flags = CLONE_PARENT;  // The exit signal is then that of this process: SIGCHLD.
  args.child_tid = thread_id_address();
  if (args.child_tid != 0) args.flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  const long pid = ::syscall(SYS_clone3, &args, sizeof args);
  if (pid >= 0 || errno != ENOSYS) return static_cast<pid_t>(pid);
  return static_cast<pid_t>(::syscall(SYS_clone, CLONE_PARENT, 0, 0, 0, 0));
}

}  // namespace

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

Result<pid_t> fork_child() {
  const pid_t pid = ::fork();
  if (pid < 0) return system_error("fork", "process");
  return pid;
}

Result<pid_t> fork_sibling() {
  const pid_t pid = clone_sibling();
  if (pid < 0) return system_error("clone", "process");
  return pid;
}

Result<Fd> open_process(pid_t child) {
  Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  if (!fd) return system_error("pidfd_open", std::to_string(child));
  return fd;
}

Status send_signal(const Fd& process, int signal) {
  if (::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0) return ok();
  if (errno == ESRCH) return ok();
  return system_error("send", signal_name(signal));
}

std::optional<ChildEnd> reap(const Fd& process) {
  siginfo_t info{};
  const auto id = static_cast<id_t>(process.get());
  if (::waitid(static_cast<idtype_t>(P_PIDFD), id, &info, WEXITED | WNOHANG) != 0) {
    return ChildEnd{.known = false};
  }
  if (info.si_pid == 0) return std::nullopt;
  if (info.si_code == CLD_EXITED) return ChildEnd{.status = info.si_status};
  return ChildEnd{.signal = info.si_status};
}

bool wait_for_end(const Fd& process, int patience_ms) {
  return wait_readable(process, patience_ms);
}

void end_child(pid_t child) {
  (void)::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
}

bool die_with(pid_t parent) {
  // Asked after the request: a parent that ended in between has sent nothing.
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
}

void close_all_but(std::span<const int> kept) {
  std::vector<int> sorted(kept.begin(), kept.end());
  std::sort(sorted.begin(), sorted.end());
  unsigned first = STDERR_FILENO + 1;
  for (const int fd : sorted) {
    if (fd < 0 || static_cast<unsigned>(fd) < first) continue;
    if (static_cast<unsigned>(fd) > first) {
      (void)::syscall(SYS_close_range, first, static_cast<unsigned>(fd) - 1, 0);
    }
    first = static_cast<unsigned>(fd) + 1;
  }
  (void)::syscall(SYS_close_range, first, UINT_MAX, 0);
}

Status redirect_to_null(int fd) {
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return system_error("open", "/dev/null");
  if (::dup2(null.get(), fd) < 0) return system_error("dup2", "/dev/null");
  return ok();
}

void set_process_name(const std::string& name) { (void)::prctl(PR_SET_NAME, name.c_str()); }

void volunteer_for_oom_kill() {
  // A wish: where /proc is not to be written, the kernel chooses by size alone.
  constexpr std::string_view kScore = "300";
  const Fd score(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  (void)!::write(score.get(), kScore.data(), kScore.size());
}

void forbid_core_dumps() {
  // Both: a core_pattern that is a pipe ignores the limit of 0. The hard one is left to programs.
  rlimit none{};
  (void)::getrlimit(RLIMIT_CORE, &none);
  none.rlim_cur = 0;
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace penstock::os
