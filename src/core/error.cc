// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The policy half of error.h: what each code means for a retry and for the run.
#include <penstock/error.h>

namespace penstock {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid:
      return "invalid";
    case Errc::rejected:
      return "rejected";
    case Errc::throttled:
      return "throttled";
    case Errc::unavailable:
      return "unavailable";
    case Errc::timeout:
      return "timeout";
    case Errc::exhausted:
      return "exhausted";
    case Errc::crashed:
      return "crashed";
    case Errc::cancelled:
      return "cancelled";
    case Errc::no_space:
      return "no_space";
    case Errc::corrupt:
      return "corrupt";
    case Errc::system:
      return "system";
    case Errc::internal:
      return "internal";
  }
  return "internal";
}

bool is_retryable(const Error& error, Repeatable step) noexcept {
  switch (error.code) {
    case Errc::throttled:
      return true;  // The peer said that it did not act.
    case Errc::unavailable:
    case Errc::timeout:
    case Errc::crashed:
      return step == Repeatable::yes || error.sent == Sent::no;
    default:
      return false;
  }
}

bool stops_run(Errc code) noexcept {
  return code == Errc::exhausted || code == Errc::no_space || code == Errc::corrupt ||
         code == Errc::system || code == Errc::internal;
}

}  // namespace penstock
