// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What items see above themselves: their parent's value, put together from settled verdicts.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace penstock::ledger {

/// Where a verdict stands among its kin.
struct Lineage {
  ItemId item;
  Seq parent{};
  std::string key;
};

/// What a verdict adds to what its children see.
struct Texts {
  std::string value;
  std::string output;
};

/// Settled verdicts by their seq. A seq that is not there is Errc::corrupt.
class VerdictTexts {
 public:
  virtual ~VerdictTexts() = default;
  virtual Result<Lineage> lineage(Seq seq) = 0;
  virtual Result<Texts> texts(Seq seq) = 0;
};

/// The key that users see: a first-step item without a key column is called by its number, from 1.
std::string shown_key(ItemId item, const std::string& key);

/// Composes contexts and keeps the latest of them, so that siblings share one text.
///
/// A child's context is its parent's value, with that one's own context as `parent`, and with the
/// parent's output as a member under its step's name. An item in its parent's step is the following
/// page: it has the context that its parent had.
/// Memory: at most kBytesMax of texts beside what others share. Threads: one.
class Ancestry {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{4} << 20U;

  /// `texts` is borrowed.
  Ancestry(VerdictTexts& texts, std::vector<std::string> step_names)
      : texts_(texts), step_names_(std::move(step_names)) {}

  /// What an item of this step with this parent sees above itself; null if it has none.
  /// Errors: corrupt (no such verdict, or its value is no object), and those of VerdictTexts.
  Result<SharedText> context(StepIndex step, Seq parent);

  /// The key of this verdict as users see it; empty for none.
  Result<std::string> key(Seq seq);

 private:
  struct Entry {
    Seq seq{};
    StepIndex step{};
    Seq parent{};
    std::string key;
    SharedText for_children;  // Null until somebody asks.
  };
  using Entries = std::list<Entry>;

  Result<Entries::iterator> entry(Seq seq);
  Result<SharedText> compose(StepIndex step, Seq parent, Seq seq);
  void keep_below_limit();

  VerdictTexts& texts_;
  std::vector<std::string> step_names_;
  Entries entries_;  // The latest used first.
  std::unordered_map<std::uint64_t, Entries::iterator> by_seq_;
  std::size_t bytes_ = 0;
};

}  // namespace penstock::ledger
