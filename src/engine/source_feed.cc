// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Settled ordinals are skipped in whole stretches, so that a resumed range costs one call.
#include "engine/source_feed.h"

#include <algorithm>
#include <utility>

namespace penstock::engine {

SourceFeed::SourceFeed(Source& source, const IntervalSet& settled, std::uint64_t items_max)
    : source_(source), settled_(settled), end_(items_max == 0 ? UINT64_MAX : items_max) {}

Status SourceFeed::pass_settled() {
  const std::uint64_t gap = settled_.first_gap(next_);
  if (gap == next_) return ok();
  const std::uint64_t target = std::min(gap, end_);
  if (target > next_) PENSTOCK_CHECK(source_.skip(target - next_));
  next_ = target;
  return ok();
}

Result<std::vector<SourceFeed::Fresh>> SourceFeed::read(std::size_t items_max) {
  std::vector<Fresh> fresh;
  if (failure_) return failed();
  while (fresh.size() < items_max && !ended_ && !waiting_) {
    PENSTOCK_CHECK(pass_settled());
    if (next_ >= end_) {
      ended_ = true;
      break;
    }
    const std::uint64_t stretch = std::min(settled_.first_member(next_), end_) - next_;
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(stretch, items_max - fresh.size()));
    buffer_.clear();
    auto state = source_.read(wanted, buffer_);
    for (SourceItem& item : buffer_) fresh.push_back({next_++, std::move(item)});
    if (!state) {
      failure_ = std::move(state.error());
      break;
    }
    ended_ = *state == SourceState::end;
    waiting_ = *state == SourceState::waiting;
  }
  if (fresh.empty() && failure_) return failed();
  return fresh;
}

Error SourceFeed::failed() {
  ended_ = true;
  return *failure_;
}

std::optional<std::uint64_t> SourceFeed::total() const {
  if (ended_) return next_;
  const auto known = source_.total();
  if (!known) return end_ == UINT64_MAX ? std::nullopt : std::optional(end_);
  return std::min(*known, end_);
}

}  // namespace penstock::engine
