// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// An item while the engine holds it in memory: what the ledger knows of it, and what only this
// engine's life knows.
#pragma once

#include <penstock/ledger.h>
#include <penstock/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::engine {

struct Item {
  Enrolment own;         // `attempts` counts those that were made.
  SharedText context;    // The parent's value as its children see it; may be null.
  std::string redirect;  // Where the current attempt was sent on to; empty: nowhere.
  TimePoint first_start{};
  std::int64_t started_ms = 0;
  std::int64_t elapsed_us = 0;
  std::uint64_t bytes = 0;
  std::uint32_t throttles = 0;
  std::uint32_t crashes = 0;
  std::uint32_t hops = 0;
  std::uint16_t redirect_status = 0;
  std::optional<std::uint32_t> share;     // The worker to whom it belongs; none: to anybody.
  Seq origin{};                           // Its answer is that of an equal call: this verdict's.
  bool is_fresh = false;                  // From the source: the ledger has not heard of it.
  bool alone = false;                     // A suspect: runs by itself.
  std::vector<std::uint64_t> pages_seen;  // Of a `next` chain: hashes of URLs.

  StepIndex step() const noexcept { return own.item.step(); }

  /// The value as steps see it: own fields, and `parent`.
  std::string flattened() const;

  /// The same without a copy where none is needed: `room` holds it if it has to be put together.
  std::string_view flattened(std::string& room) const;

  /// The URL that replaces the step's own; empty if none does.
  const std::string& target() const noexcept { return redirect.empty() ? own.hop : redirect; }

  /// The key as it stands in results; children's keys begin with it.
  std::string shown_key() const;
};

/// The id before this one in its step; none before the first.
constexpr std::optional<ItemId> before(ItemId item) noexcept {
  if (item.sequence() == 0) return std::nullopt;
  return ItemId{item.value - 1};
}

using ItemPtr = std::unique_ptr<Item>;

}  // namespace penstock::engine
