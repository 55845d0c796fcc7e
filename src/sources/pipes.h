// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A pipe whose writing end the test holds, and a waker to wait with. Tests only.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <penstock/sources.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include "os/epoll_waker.h"
#include "os/fd.h"

namespace penstock::sources {

class TestPipe {
 public:
  explicit TestPipe(std::string spool) : spool_(std::move(spool)) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reading_ = os::Fd(ends[0]);
    writing_ = os::Fd(ends[1]);
  }

  /// What a source takes; once.
  PipedInput input() { return {.fd = reading_.release(), .spool = spool_, .waker = waker_.get()}; }

  /// What a run that goes on gives it.
  PipedInput input_again() const { return {.fd = -1, .spool = spool_, .waker = waker_.get()}; }

  void write(std::string_view bytes) const {
    EXPECT_EQ(::write(writing_.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }
  void close() { writing_.reset(); }

  /// Sleep until the source says that it is ready.
  void wait() const {
    while ((waker_->sleep_until(TimePoint::max()) &
            static_cast<std::uint32_t>(Event::source_ready)) == 0) {
    }
  }

 private:
  std::string spool_;
  os::Fd reading_;
  os::Fd writing_;
  std::unique_ptr<os::EpollWaker> waker_ = std::move(*os::EpollWaker::create());
};

}  // namespace penstock::sources
