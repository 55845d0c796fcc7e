// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The pass itself.
#include <penstock/census.h>

#include <utility>

#include "core/fingerprint.h"
#include "sources/key_spill.h"

namespace penstock {
namespace {

constexpr std::size_t kBatchItems = 1024;

// Asks for ordinals that only grow, so the set is searched once per interval and not per item.
class Chosen {
 public:
  explicit Chosen(const IntervalSet& set) : intervals_(set.intervals()) {}

  bool contains(std::uint64_t ordinal) {
    while (next_ < intervals_.size() && intervals_[next_].last <= ordinal) ++next_;
    return next_ < intervals_.size() && intervals_[next_].first <= ordinal;
  }

 private:
  const std::vector<IntervalSet::Interval> intervals_;
  std::size_t next_ = 0;
};

}  // namespace

Result<Census> take_census(Source& source, const IntervalSet& chosen,
                           const CensusOptions& options) {
  Census census;
  Chosen counted(chosen);
  sources::KeySpill keys(options);
  std::vector<SourceItem> items;
  for (SourceState state = SourceState::items; state != SourceState::end;) {
    items.clear();
    PENSTOCK_TRY(next_state, source.read(kBatchItems, items));
    state = next_state;
    if (state == SourceState::waiting) {
      return Error{.code = Errc::internal,
                   .message = "take a census of a pipe that is still open",
                   .kind = "internal.census"};
    }
    for (const SourceItem& item : items) {
      const std::uint64_t ordinal = census.items++;
      if (counted.contains(ordinal)) {
        census.sum.add(ordinal, item.content);
        ++census.chosen;
      }
      if (item.bad) {
        ++census.bad;
      } else if (!item.key.empty()) {
        PENSTOCK_CHECK(keys.add(fingerprint(item.key), ordinal, item.line));
      }
    }
  }
  PENSTOCK_TRY(duplicates, keys.duplicates());
  census.duplicates = std::move(duplicates);
  return census;
}

}  // namespace penstock
