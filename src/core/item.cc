// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The names of item states as users see them.
#include <penstock/item.h>

namespace penstock {

const char* to_string(ItemStatus status) noexcept {
  switch (status) {
    case ItemStatus::ok:
      return "ok";
    case ItemStatus::empty:
      return "empty";
    case ItemStatus::skipped:
      return "skipped";
    case ItemStatus::failed:
      return "failed";
    case ItemStatus::poisoned:
      return "poisoned";
  }
  return "unknown";
}

}  // namespace penstock
