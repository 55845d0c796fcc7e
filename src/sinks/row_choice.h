// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which records a sink renders.
#pragma once

#include <penstock/sink.h>
#include <penstock/sinks.h>

namespace penstock::sinks {

inline bool is_failure(ItemStatus status) noexcept {
  return status == ItemStatus::failed || status == ItemStatus::poisoned;
}

inline bool is_chosen(ItemStatus status, Rows rows) noexcept {
  return rows == Rows::all || is_failure(status) == (rows == Rows::failures);
}

}  // namespace penstock::sinks
