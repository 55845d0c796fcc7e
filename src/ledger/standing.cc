// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Counting, and the bytes of table `summary`.
#include "ledger/standing.h"

#include <algorithm>

#include "core/assert.h"
#include "ledger/check64.h"

namespace penstock::ledger {
namespace {

constexpr unsigned kStatusBits = 3;
constexpr std::size_t kCheckBytes = 8;

std::size_t number(StepIndex step) { return static_cast<std::size_t>(step); }

void append_number(std::uint64_t number, std::string& out) {
  for (; number >= 0x80; number >>= 7U) out += static_cast<char>(number | 0x80U);
  out += static_cast<char>(number);
}

/// Reads LEB128 numbers; asks for more than there is give zero and spoil it.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : left_(bytes) {}

  std::uint64_t next() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) break;
      const auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      number |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return number;
    }
    sound_ = false;
    return 0;
  }

  std::uint64_t next_fixed() {
    if (left_.size() < 8) {
      sound_ = false;
      return 0;
    }
    const std::uint64_t number = load_little_endian(left_.data(), 8);
    left_.remove_prefix(8);
    return number;
  }

  bool is_sound() const noexcept { return sound_; }
  bool at_end() const noexcept { return sound_ && left_.empty(); }

 private:
  std::string_view left_;
  bool sound_ = true;
};

}  // namespace

std::uint64_t& Standing::count(StepIndex step, ItemStatus status) {
  const std::size_t place = number(step) << kStatusBits | static_cast<std::size_t>(status);
  if (place >= counts_.size()) counts_.resize(place + 1);
  return counts_[place];
}

void Standing::settle(Seq seq, ItemId item, ItemStatus status, bool leaf,
                      const Fingerprint& content) {
  pass(seq);
  ++count(item.step(), status);
  leaves_ += leaf ? 1 : 0;
  know(item, content);
}

void Standing::know(ItemId item, const Fingerprint& content) {
  if (!is_from_source(item)) {
    if (number(item.step()) >= next_sequences_.size())
      next_sequences_.resize(number(item.step()) + 1);
    std::uint64_t& next = next_sequences_[number(item.step())];
    next = std::max(next, item.sequence() + 1);
  } else if (item.sequence() >= generation_start_) {
    carry(item.sequence() - generation_start_, content);
  }
}

void Standing::carry(std::uint64_t ordinal, const Fingerprint& content) {
  if (settled_.contains(ordinal)) return;  // It was put away before.
  settled_.add(ordinal);
  settled_sum_.add(ordinal, content);
}

void Standing::take_back(StepIndex step, ItemStatus status, bool leaf, std::uint64_t verdicts) {
  count(step, status) -= verdicts;
  leaves_ -= leaf ? verdicts : 0;
}

void Standing::begin_generation(std::uint64_t generation_start) {
  generation_start_ = generation_start;
  settled_ = {};
  settled_sum_ = {};
}

std::uint64_t Standing::generation_end() const {
  const std::vector<IntervalSet::Interval> intervals = settled_.intervals();
  return generation_start_ + (intervals.empty() ? 0 : intervals.back().last);
}

bool Standing::agrees_with(const Standing& other) const {
  LedgerState mine;
  LedgerState others;
  describe(mine);
  other.describe(others);
  return mine.next_seq == others.next_seq && mine.generation_start == others.generation_start &&
         mine.settled.intervals() == others.settled.intervals() &&
         mine.settled_sum == others.settled_sum && mine.leaves == others.leaves &&
         mine.settled_counts == others.settled_counts;
}

void Standing::describe(LedgerState& state) const {
  state.next_seq = last_seq_ + 1;
  state.generation_start = generation_start_;
  state.settled = settled_;
  state.settled_sum = settled_sum_;
  state.leaves = leaves_;
  for (std::size_t place = 0; place < counts_.size(); ++place) {
    if (counts_[place] == 0) continue;
    const auto status = static_cast<ItemStatus>(place & ((1U << kStatusBits) - 1));
    state.settled_counts[{static_cast<std::uint8_t>(place >> kStatusBits), status}] =
        counts_[place];
  }
  for (std::size_t step = 0; step < next_sequences_.size(); ++step) {
    if (next_sequences_[step] == 0) continue;
    state.next_sequence[static_cast<std::uint8_t>(step)] = next_sequences_[step];
  }
}

std::string Standing::encode() const {
  std::string out;
  const std::vector<IntervalSet::Interval> intervals = settled_.intervals();
  append_number(intervals.size(), out);
  std::uint64_t end = 0;
  for (const auto& [first, last] : intervals) {
    append_number(first - end, out);
    append_number(last - first, out);
    end = last;
  }
  for (const std::uint64_t word : settled_sum_.words) {
    out.resize(out.size() + 8);
    store_little_endian(word, 8, out.data() + out.size() - 8);
  }
  append_number(leaves_, out);
  append_number(counts_.size(), out);
  for (const std::uint64_t n : counts_) append_number(n, out);
  append_number(next_sequences_.size(), out);
  for (const std::uint64_t next : next_sequences_) append_number(next, out);
  const std::uint64_t check = check64(out, last_seq_);
  out.resize(out.size() + kCheckBytes);
  store_little_endian(check, kCheckBytes, out.data() + out.size() - kCheckBytes);
  return out;
}

std::optional<Standing> Standing::decode(std::string_view bytes, std::uint64_t last_seq,
                                         std::uint64_t generation_start) {
  if (bytes.size() < kCheckBytes) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - kCheckBytes);
  const std::uint64_t check = load_little_endian(body.data() + body.size(), kCheckBytes);
  if (check != check64(body, last_seq)) return std::nullopt;

  Standing standing(generation_start);
  standing.last_seq_ = last_seq;
  Numbers numbers(body);
  std::uint64_t end = 0;
  for (std::uint64_t left = numbers.next(); left > 0 && numbers.is_sound(); --left) {
    const std::uint64_t first = end + numbers.next();
    end = first + numbers.next();
    standing.settled_.add(first, end);
  }
  for (std::uint64_t& word : standing.settled_sum_.words) word = numbers.next_fixed();
  standing.leaves_ = numbers.next();
  for (auto* list : {&standing.counts_, &standing.next_sequences_}) {
    for (std::uint64_t left = numbers.next(); left > 0 && numbers.is_sound(); --left) {
      list->push_back(numbers.next());
    }
  }
  if (!numbers.at_end()) return std::nullopt;
  return standing;
}

}  // namespace penstock::ledger
