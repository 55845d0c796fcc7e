// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Between clone and exec the child runs in our memory while this thread stands still. It makes raw
// system calls only: it may touch nothing that libc or a sanitizer keeps, but errno. All signals
// are blocked meanwhile, so that no handler of ours runs in it.
#include "os/program.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <span>

#if defined(__clang__)
#define PENSTOCK_PLAIN __attribute__((no_sanitize("address", "undefined", "thread")))
#else
#define PENSTOCK_PLAIN \
  __attribute__((no_sanitize_address, no_sanitize_undefined, no_sanitize_thread))
#endif

namespace penstock::os {
namespace {

constexpr int kLastSignal = 64;
constexpr std::size_t kKernelMaskBytes = 8;

/// As the kernel has it: handler, flags, restorer and mask. All zero: the default.
using KernelAction = std::array<unsigned long, 4>;

/// A limit of ours to be set back.
struct Limit {
  int resource;
  rlimit value;
};

rlimit limit_of(int resource) {
  rlimit limit{};
  (void)::getrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
  return limit;
}

// Before main(): those that this program changes later, and all that it forks.
const std::array<Limit, 2> limits_at_birth{
    {{RLIMIT_NOFILE, limit_of(RLIMIT_NOFILE)}, {RLIMIT_CORE, limit_of(RLIMIT_CORE)}}};

/// What the child needs, and where it says what went wrong.
struct Birth {
  const char* path;
  const char* const* arguments;
  const char* const* variables;
  const char* folder;
  std::array<int, 3> streams;
  std::span<const int> ignored;
  std::span<const Limit> limits;
  GroupGuard::Slot* slot;
  pid_t parent;
  volatile StartFailure::At at;
  volatile int error_number;
};

PENSTOCK_PLAIN bool takes_streams(const Birth& birth) {
  for (int target = 0; target < 3; ++target) {
    const int fd = birth.streams[static_cast<std::size_t>(target)];
    if (::syscall(SYS_dup3, fd, target, 0) < 0) return false;
  }
  // Everything of ours closes at exec; this is for what a library has left open. Old kernels know
  // no such call.
  (void)::syscall(SYS_close_range, STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC);
  return true;
}

PENSTOCK_PLAIN bool takes_signals(const Birth& birth) {
  const KernelAction by_default{};
  for (const int signal : birth.ignored) {
    if (::syscall(SYS_rt_sigaction, signal, &by_default, nullptr, kKernelMaskBytes) < 0) {
      return false;
    }
  }
  const std::uint64_t none = 0;
  return ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, kKernelMaskBytes) == 0;
}

// Never fails: what was possible once is possible again, unless somebody else has forbidden it.
PENSTOCK_PLAIN void takes_limits(const Birth& birth) {
  for (const Limit& limit : birth.limits) {
    (void)::syscall(SYS_prlimit64, 0, limit.resource, &limit.value, nullptr);
  }
}

// The order matters: a group first, then what ends it, then the program.
PENSTOCK_PLAIN bool becomes_program(Birth& birth) {
  birth.at = StartFailure::At::process;
  if (::syscall(SYS_setpgid, 0, 0) < 0) return false;
  if (::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return false;
  // A parent that ended before has sent nothing.
  if (::syscall(SYS_getppid) != birth.parent) return false;
  birth.slot->store(static_cast<std::int32_t>(::syscall(SYS_getpid)));
  if (!takes_streams(birth)) return false;
  takes_limits(birth);
  birth.at = StartFailure::At::folder;
  if (birth.folder != nullptr && ::syscall(SYS_chdir, birth.folder) < 0) return false;
  birth.at = StartFailure::At::program;
  if (!takes_signals(birth)) return false;
  (void)::syscall(SYS_execve, birth.path, birth.arguments, birth.variables);
  return false;
}

PENSTOCK_PLAIN int child_main(void* argument) {
  auto& birth = *static_cast<Birth*>(argument);
  if (!becomes_program(birth)) birth.error_number = errno != 0 ? errno : ESRCH;
  ::syscall(SYS_exit_group, 127);
  return 127;
}

std::vector<const char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  pointers.push_back(nullptr);
  return pointers;
}

bool sets(std::string_view variable, const std::pair<std::string, std::string>& change) {
  const std::string& name = change.first;
  return variable.size() > name.size() && variable[name.size()] == '=' &&
         variable.starts_with(name);
}

/// Our environment, which is handed on, with these changes: "NAME=value".
class Variables {
 public:
  explicit Variables(const std::vector<std::pair<std::string, std::string>>& changes) {
    for (const auto& [name, value] : changes) own_.push_back(name + "=" + value);
    for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
      const auto is_changed = [&](const auto& change) { return sets(*variable, change); };
      if (!std::any_of(changes.begin(), changes.end(), is_changed)) all_.push_back(*variable);
    }
    for (const std::string& variable : own_) all_.push_back(variable.c_str());
    all_.push_back(nullptr);
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;

  const char* const* get() const noexcept { return all_.data(); }

 private:
  std::vector<std::string> own_;
  std::vector<const char*> all_;
};

/// Blocks every signal of this thread while it lives.
class AllBlocked {
 public:
  AllBlocked() {
    const std::uint64_t all = ~std::uint64_t{0};
    (void)::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before_, kKernelMaskBytes);
  }
  AllBlocked(const AllBlocked&) = delete;
  AllBlocked& operator=(const AllBlocked&) = delete;
  ~AllBlocked() {
    (void)::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr, kKernelMaskBytes);
  }

 private:
  std::uint64_t before_ = 0;
};

std::chrono::nanoseconds duration_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

bool is_executable(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

struct Launcher::Changed {
  std::vector<int> ignored;
  std::vector<Limit> limits;
};

Launcher::Launcher()
    : changed_(std::make_unique<Changed>()), stack_(std::make_unique<std::byte[]>(kStackBytes)) {
  for (int signal = 1; signal <= kLastSignal; ++signal) {
    KernelAction action{};
    const bool known = ::syscall(SYS_rt_sigaction, signal, nullptr, &action, kKernelMaskBytes) == 0;
    const bool is_ignored = known && action[0] == reinterpret_cast<unsigned long>(SIG_IGN);
    if (is_ignored) changed_->ignored.push_back(signal);
  }
  for (const Limit& limit : limits_at_birth) {
    const rlimit now = limit_of(limit.resource);
    const rlim_t soft = std::min(limit.value.rlim_cur, now.rlim_max);
    if (soft != now.rlim_cur) changed_->limits.push_back({limit.resource, {soft, now.rlim_max}});
  }
}

Launcher::Launcher(Launcher&&) noexcept = default;
Launcher& Launcher::operator=(Launcher&&) noexcept = default;
Launcher::~Launcher() = default;

ProgramStart Launcher::start(const ProgramCommand& command, const ProgramStreams& streams,
                             GroupGuard::Slot& slot) {
  const std::vector<const char*> arguments = pointers_to(command.arguments);
  const Variables variables(command.variables);
  Birth birth{.path = command.path.c_str(),
              .arguments = arguments.data(),
              .variables = variables.get(),
              .folder = command.folder.empty() ? nullptr : command.folder.c_str(),
              .streams = {streams.input, streams.output, streams.errors},
              .ignored = changed_->ignored,
              .limits = changed_->limits,
              .slot = &slot,
              .parent = ::getpid(),
              .at = StartFailure::At::process,
              .error_number = 0};
  int process = -1;
  pid_t pid = -1;
  {
    const AllBlocked blocked;
    // The stack grows down on every machine that this runs on.
    pid = ::clone(child_main, stack_.get() + kStackBytes,
                  CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &birth, &process);
  }
  if (pid < 0) return StartFailure{.at = StartFailure::At::process, .error_number = errno};
  StartedProgram started{.pid = pid, .process = Fd(process)};
  if (birth.error_number == 0) return started;
  slot.store(0);
  (void)wait_for_end(started.process, -1);  // It has begun to exit.
  (void)reap(started.process);
  return StartFailure{.at = birth.at, .error_number = birth.error_number};
}

std::optional<std::string> find_program(std::string_view name, std::string_view path_list) {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  while (!path_list.empty()) {
    const std::string_view folder = path_list.substr(0, path_list.find(':'));
    path_list.remove_prefix(std::min(folder.size() + 1, path_list.size()));
    if (!folder.starts_with('/')) continue;
    std::string path = std::string(folder) + "/" + std::string(name);
    if (is_executable(path)) return path;
  }
  return std::nullopt;
}

std::optional<ProgramEnd> reap_program(const Fd& process) {
  siginfo_t info{};
  rusage use{};
  // libc's waitid() has no place for what the program took.
  const long reaped = ::syscall(SYS_waitid, P_PIDFD, process.get(), &info, WEXITED | WNOHANG, &use);
  if (reaped != 0) return ProgramEnd{.how = {.known = false}};
  if (info.si_pid == 0) return std::nullopt;
  ProgramEnd end;
  if (info.si_code == CLD_EXITED) {
    end.how.status = info.si_status;
  } else {
    end.how.signal = info.si_status;
  }
  end.use.cpu = duration_of(use.ru_utime) + duration_of(use.ru_stime);
  end.use.memory_bytes = static_cast<std::uint64_t>(use.ru_maxrss) << 10;
  return end;
}

void signal_group(pid_t leader, int signal) noexcept { (void)::kill(-leader, signal); }

}  // namespace penstock::os
