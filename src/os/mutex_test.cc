// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/mutex.h"

#include <gtest/gtest.h>

#include <thread>

namespace penstock::os {
namespace {

struct Turns {
  Mutex mutex;
  Condition changed;
  int taken PENSTOCK_LOCKS(guarded_by(mutex)) = 0;
};

// Each waits until it is its turn.
void take_turns(Turns& turns, int first, int last) {
  for (int turn = first; turn <= last; turn += 2) {
    MutexLock lock(turns.mutex);
    while (turns.taken != turn) turns.changed.wait(lock);
    ++turns.taken;
    turns.changed.notify_one();
  }
}

TEST(Mutex, TwoThreadsTakeTurns) {
  Turns turns;
  std::thread other([&turns] { take_turns(turns, 1, 999); });
  take_turns(turns, 0, 998);
  other.join();
  const MutexLock lock(turns.mutex);
  EXPECT_EQ(turns.taken, 1'000);
}

TEST(Mutex, AWaitEndsAtItsDeadlineWithTheMutexHeld) {
  Turns turns;
  MutexLock lock(turns.mutex);
  const TimePoint past = TimePoint::clock::now();
  while (turns.changed.wait_until(lock, past) != Condition::Woken::too_late) {
  }
  turns.taken = 1;
  lock.unlock();
  std::thread other([&turns] {
    const MutexLock held(turns.mutex);
    turns.taken = 2;
  });
  other.join();
  lock.lock();
  EXPECT_EQ(turns.taken, 2);
}

}  // namespace
}  // namespace penstock::os
