// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Items: what they are called, what they hold, how they end.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace penstock {

/// The place of a step in its job; the first is 0.
enum class StepIndex : std::uint8_t {};

/// Names one item of one step for the life of a run: step in the top bits, then a sequence.
/// The sequence of a first-step item is its generation's start plus its ordinal in the source;
/// others are numbered in order of enrolment, following pages of first-step items from
/// kEnrolledStart on.
struct ItemId {
  static constexpr unsigned kSequenceBits = 48;
  static constexpr std::uint64_t kSequenceMax = (std::uint64_t{1} << kSequenceBits) - 1;
  static constexpr std::uint64_t kEnrolledStart = std::uint64_t{1} << (kSequenceBits - 1);

  std::uint64_t value = 0;

  static constexpr ItemId of(StepIndex step, std::uint64_t sequence) noexcept {
    return ItemId{(std::uint64_t{static_cast<std::uint8_t>(step)} << kSequenceBits) | sequence};
  }
  constexpr StepIndex step() const noexcept {
    return static_cast<StepIndex>(static_cast<std::uint8_t>(value >> kSequenceBits));
  }
  constexpr std::uint64_t sequence() const noexcept { return value & kSequenceMax; }
  friend constexpr auto operator<=>(ItemId, ItemId) noexcept = default;
};

/// The place of a verdict in the ledger's order of settlement; 0 is "none".
enum class Seq : std::uint64_t {};

/// 128 bits that stand for some bytes (XXH3-128); all zero is "none".
struct Fingerprint {
  std::array<std::uint64_t, 2> words{};
  friend constexpr auto operator<=>(const Fingerprint&, const Fingerprint&) noexcept = default;
  constexpr explicit operator bool() const noexcept { return words[0] != 0 || words[1] != 0; }
};

/// JSON text that is written once and shared by all who came from the same parent.
using SharedText = std::shared_ptr<const std::string>;

/// How an item ended. Values are in the ledger: append only, never renumber.
enum class ItemStatus : std::uint8_t {
  ok = 1,        ///< Has an output, or has enrolled children.
  empty = 2,     ///< Complete, and gave zero outputs.
  skipped = 3,   ///< Deliberately not done: content type refused, duplicate key.
  failed = 4,    ///< Ended in an error; see its kind.
  poisoned = 5,  ///< Killed its worker too often; its input is set aside.
};

/// The name as it stands in results: "ok", "failed".
const char* to_string(ItemStatus status) noexcept;

}  // namespace penstock

template <>
struct std::hash<penstock::ItemId> {
  std::size_t operator()(penstock::ItemId id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value * 0x9E3779B97F4A7C15ULL);
  }
};

template <>
struct std::hash<penstock::Fingerprint> {
  std::size_t operator()(const penstock::Fingerprint& f) const noexcept { return f.words[0]; }
};
