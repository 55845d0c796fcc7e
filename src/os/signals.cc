// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// signalfd over a blocked mask; the mask that was there before comes back at the end.
#include "os/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "os/system_error.h"

namespace penstock::os {

struct SignalSource::Mask {
  std::vector<int> taken;
  sigset_t before{};
};

Result<SignalSource> SignalSource::open(std::initializer_list<int> signals) {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int signal : signals) ::sigaddset(&wanted, signal);
  Fd fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return system_error("signalfd", "signals");
  auto mask = std::make_unique<Mask>();
  mask->taken = signals;
  const int refused = ::pthread_sigmask(SIG_BLOCK, &wanted, &mask->before);
  if (refused != 0) return system_error("block", "signals", refused);
  return SignalSource(std::move(fd), std::move(mask));
}

SignalSource::SignalSource(Fd fd, std::unique_ptr<Mask> mask)
    : fd_(std::move(fd)), mask_(std::move(mask)) {}

SignalSource::SignalSource(SignalSource&&) noexcept = default;

SignalSource::~SignalSource() {
  if (mask_) (void)::pthread_sigmask(SIG_SETMASK, &mask_->before, nullptr);
}

void SignalSource::let_go() noexcept {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;  // A shell may have had it ignored.
  for (const int signal : mask_->taken) (void)::sigaction(signal, &action, nullptr);
  (void)::pthread_sigmask(SIG_SETMASK, &mask_->before, nullptr);
}

std::optional<int> SignalSource::take() noexcept {
  signalfd_siginfo arrived{};
  if (::read(fd_.get(), &arrived, sizeof arrived) != sizeof arrived) return std::nullopt;
  return static_cast<int>(arrived.ssi_signo);
}

void reset_signals(std::initializer_list<int> ignored) noexcept {
  // SIGKILL, SIGSTOP and the two that libc keeps for itself refuse; they need no reset.
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    const bool is_ignored = std::find(ignored.begin(), ignored.end(), signal) != ignored.end();
    struct sigaction action {};
    action.sa_handler = is_ignored ? SIG_IGN : SIG_DFL;
    (void)::sigaction(signal, &action, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  (void)::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace penstock::os
