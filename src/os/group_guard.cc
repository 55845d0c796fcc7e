// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The guard reads a pipe that only the guarded process can write to, and nobody ever does: the end
// of the file is the end of that process. A group's number is not given to others while it has
// members; a group without any would have to be followed by a new one of the same number within
// the moment between both ends, in which the kernel counts through all numbers first.
#include "os/group_guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <new>
#include <utility>

#include "os/child.h"
#include "os/signals.h"
#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr int kPatienceMs = 1'000;

void wait_for_end_of(int pipe) {
  char byte = 0;
  while (::read(pipe, &byte, 1) < 0 && errno == EINTR) continue;
}

// The first slot tells how many have been used: an untouched page of the table costs nothing.
std::size_t used_of(const GroupGuard::Slot* table) {
  return static_cast<std::size_t>(table[0].load());
}

// Allocates nothing: other threads may run where this was forked from.
[[noreturn]] void guard_main(int pipe, const GroupGuard::Slot* table) {
  reset_signals({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE});
  (void)::setsid();  // Whoever kills our group must not take the guard with it.
  (void)::dup2(pipe, STDIN_FILENO);
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) (void)::close(fd);
  close_all_but({});
  set_process_name("penstock-guard");
  wait_for_end_of(STDIN_FILENO);
  for (std::size_t i = 1; i <= used_of(table); ++i) {
    const std::int32_t group = table[i].load();
    if (group > 1) (void)::kill(-group, SIGKILL);
  }
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<GroupGuard>> GroupGuard::start() {
  constexpr std::size_t kTableBytes = (kSlotsMax + 1) * sizeof(Slot);
  PENSTOCK_TRY(file, make_shared_file(kTableBytes));
  PENSTOCK_TRY(table, map_shared_file(file, kTableBytes));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("make", "pipe");
  Fd reading(ends[0]);
  Fd writing(ends[1]);
  PENSTOCK_TRY(pid, fork_child());
  if (pid == 0) {
    guard_main(reading.get(), std::launder(reinterpret_cast<const Slot*>(table.bytes().data())));
  }
  auto process = open_process(pid);
  if (!process) {
    end_child(pid);
    return std::move(process.error());
  }
  return std::unique_ptr<GroupGuard>(
      new GroupGuard(std::move(table), std::move(*process), std::move(writing)));
}

GroupGuard::GroupGuard(Mapping table, Fd process, Fd pipe)
    : mapping_(std::move(table)), process_(std::move(process)), pipe_(std::move(pipe)) {}

GroupGuard::~GroupGuard() {
  pipe_.reset();
  if (!wait_for_end(process_, kPatienceMs)) (void)send_signal(process_, SIGKILL);
  (void)wait_for_end(process_, kPatienceMs);
  (void)reap(process_);
}

// A zeroed page holds atomics of value 0.
GroupGuard::Slot* GroupGuard::table() const noexcept {
  return std::launder(reinterpret_cast<Slot*>(mapping_.bytes().data()));
}

GroupGuard::Slot* GroupGuard::take() {
  if (!free_.empty()) {
    Slot* slot = free_.back();
    free_.pop_back();
    return slot;
  }
  if (used_of(table()) == kSlotsMax) return nullptr;
  return &table()[++table()[0]];
}

void GroupGuard::release(Slot* slot) {
  slot->store(0);
  free_.push_back(slot);
}

}  // namespace penstock::os
