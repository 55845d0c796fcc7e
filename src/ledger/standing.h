// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where a run stands: what a scan of all its verdicts would find. Kept up to date verdict by
// verdict and stored now and then, so that nobody has to scan.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::ledger {

/// Whether an item is found in the source again: it is of the first step and no following page.
inline bool is_from_source(ItemId item) noexcept {
  return item.step() == StepIndex{0} && item.sequence() < ItemId::kEnrolledStart;
}

/// Threads: one. Memory: the gaps in what is settled.
class Standing {
 public:
  explicit Standing(std::uint64_t generation_start) : generation_start_(generation_start) {}

  /// A verdict stands. `content` matters for items from the source.
  void settle(Seq seq, ItemId item, ItemStatus status, bool leaf, const Fingerprint& content);

  /// An item need not be read from the source again; of others, its number is taken.
  void know(ItemId item, const Fingerprint& content);

  /// An ordinal of this generation is settled by a verdict of an earlier one.
  void carry(std::uint64_t ordinal, const Fingerprint& content);

  /// As many verdicts of this step stand no more; their items are still known.
  void take_back(StepIndex step, ItemStatus status, bool leaf, std::uint64_t verdicts);

  /// As many results go on in children from now on, or the other way round.
  void end_as_parents(std::uint64_t verdicts) noexcept { leaves_ -= verdicts; }
  void end_as_results(std::uint64_t verdicts) noexcept { leaves_ += verdicts; }

  /// A generation in which nothing is settled yet: what was counted stays.
  void begin_generation(std::uint64_t generation_start);

  /// The first sequence behind every ordinal of this generation.
  std::uint64_t generation_end() const;

  /// A verdict that does not stand has this place.
  void pass(Seq seq) noexcept { last_seq_ = static_cast<std::uint64_t>(seq); }

  std::uint64_t last_seq() const noexcept { return last_seq_; }
  std::uint64_t generation_start() const noexcept { return generation_start_; }
  const IntervalSet& settled() const noexcept { return settled_; }

  /// The first number of this step that was never given out.
  std::uint64_t next_sequence(StepIndex step) const noexcept {
    const auto place = static_cast<std::size_t>(step);
    return place < next_sequences_.size() ? next_sequences_[place] : 0;
  }

  /// The same verdicts and the same settled items; numbers that were given out may differ.
  bool agrees_with(const Standing& other) const;

  /// Fill in what the engine starts from.
  void describe(LedgerState& state) const;

  /// Format: docs/formats/ledger.md, table `summary`.
  std::string encode() const;

  /// Nothing if the bytes are not what encode() wrote at `last_seq`.
  static std::optional<Standing> decode(std::string_view bytes, std::uint64_t last_seq,
                                        std::uint64_t generation_start);

 private:
  std::uint64_t& count(StepIndex step, ItemStatus status);

  std::uint64_t generation_start_;
  std::uint64_t last_seq_ = 0;
  IntervalSet settled_;
  ContentSum settled_sum_;
  std::uint64_t leaves_ = 0;
  std::vector<std::uint64_t> counts_;          // step << 3 | status
  std::vector<std::uint64_t> next_sequences_;  // By step; 0: none was given out.
};

}  // namespace penstock::ledger
