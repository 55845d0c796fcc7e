// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// IntervalSet: sorted intervals in blocks of at most 512, so that an add far from the end moves a
// few kilobytes at most. Adds that come nearly in order touch the last block only.
#include <penstock/ledger.h>

#include <algorithm>

namespace penstock {
namespace {

constexpr std::size_t kBlockIntervals = 512;

using Block = std::vector<IntervalSet::Interval>;

// The first interval of the block that ends at or after `ordinal`.
Block::const_iterator first_ending_at(const Block& block, std::uint64_t ordinal) {
  return std::partition_point(block.begin(), block.end(),
                              [&](const auto& interval) { return interval.last < ordinal; });
}

}  // namespace

std::size_t IntervalSet::block_ending_at(std::uint64_t ordinal) const {
  if (!blocks_.empty() && blocks_.back().front().first <= ordinal) {
    return blocks_.back().back().last < ordinal ? blocks_.size() : blocks_.size() - 1;
  }
  const auto block = std::partition_point(blocks_.begin(), blocks_.end(),
                                          [&](const Block& b) { return b.back().last < ordinal; });
  return static_cast<std::size_t>(block - blocks_.begin());
}

void IntervalSet::add(std::uint64_t first, std::uint64_t last) {
  if (first >= last) return;
  if (!blocks_.empty() && blocks_.back().back().last == first) {  // Most come in order.
    blocks_.back().back().last = last;
    size_ += last - first;
    return;
  }
  // Whatever touches [first, last) is swallowed; it may begin in one block and end in another.
  std::size_t at = block_ending_at(first);
  while (at < blocks_.size()) {
    Block& block = blocks_[at];
    const auto begin = block.begin() + (first_ending_at(block, first) - block.cbegin());
    auto end = begin;
    for (; end != block.end() && end->first <= last; ++end) {
      first = std::min(first, end->first);
      last = std::max(last, end->last);
      size_ -= end->last - end->first;
    }
    const bool reaches_on =
        end == block.end() && at + 1 < blocks_.size() && blocks_[at + 1].front().first <= last;
    if (!reaches_on) {
      replace(at, static_cast<std::size_t>(begin - block.begin()),
              static_cast<std::size_t>(end - block.begin()), {first, last});
      return;
    }
    block.erase(begin, end);
    if (block.empty()) {
      blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      ++at;
    }
  }
  if (blocks_.empty()) blocks_.emplace_back();
  replace(blocks_.size() - 1, blocks_.back().size(), blocks_.back().size(), {first, last});
}

void IntervalSet::replace(std::size_t at, std::size_t begin, std::size_t end, Interval interval) {
  Block& block = blocks_[at];
  size_ += interval.last - interval.first;
  const auto place = block.begin() + static_cast<std::ptrdiff_t>(begin);
  if (begin < end) {
    *place = interval;
    block.erase(place + 1, block.begin() + static_cast<std::ptrdiff_t>(end));
    return;
  }
  block.insert(place, interval);
  if (block.size() < kBlockIntervals) return;
  const auto middle = block.begin() + static_cast<std::ptrdiff_t>(block.size() / 2);
  Block upper(middle, block.end());
  block.erase(middle, block.end());
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(upper));
}

bool IntervalSet::contains(std::uint64_t ordinal) const { return first_member(ordinal) == ordinal; }

std::uint64_t IntervalSet::first_gap(std::uint64_t from) const {
  const std::size_t at = block_ending_at(from);
  if (at == blocks_.size()) return from;
  const auto interval = first_ending_at(blocks_[at], from);
  return interval->first <= from ? interval->last : from;
}

std::uint64_t IntervalSet::first_member(std::uint64_t from) const {
  if (from == UINT64_MAX) return UINT64_MAX;
  const std::size_t at = block_ending_at(from + 1);
  if (at == blocks_.size()) return UINT64_MAX;
  return std::max(from, first_ending_at(blocks_[at], from + 1)->first);
}

std::vector<IntervalSet::Interval> IntervalSet::intervals() const {
  std::vector<Interval> all;
  for (const Block& block : blocks_) all.insert(all.end(), block.begin(), block.end());
  return all;
}

}  // namespace penstock
