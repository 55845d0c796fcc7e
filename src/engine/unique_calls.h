// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Equal calls are made once: who asks for a value that is already being asked for waits for that
// answer. Holds only values in flight or not yet durable; older answers are the ledger's.
#pragma once

#include <penstock/ledger.h>

#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/item.h"

namespace penstock::engine {

/// Calls for one value must match: join (join | answer)* forget
/// where answer comes when the leader has its verdict, and forget when that is durable.
/// Threads: owner only.
class UniqueCalls {
 public:
  enum class Role : std::uint8_t {
    leader,    ///< Nobody asks for this value yet: go on.
    follower,  ///< The item was taken in and comes back from answer().
    answered,  ///< The answer is there: see answer_of().
  };

  Role join(ItemPtr& item);

  /// The answer that `item`, which joined as answered, shares.
  const StoredAnswer& answer_of(const Item& item) const;

  /// The leader is settled: everybody who waited for it.
  std::vector<ItemPtr> answer(const Item& leader, StoredAnswer answer);

  /// The ledger has it: who comes later is told by the ledger.
  void forget(StepIndex step, const Fingerprint& value);

  std::size_t followers() const noexcept { return followers_; }

  /// Every follower.
  void visit(const std::function<void(const Item&)>& look) const;

 private:
  struct Key {
    StepIndex step;
    Fingerprint value;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept { return key.value.words[0]; }
  };
  struct Entry {
    std::vector<ItemPtr> followers;
    std::optional<StoredAnswer> answer;
  };

  std::unordered_map<Key, Entry, KeyHash> entries_;
  std::size_t followers_ = 0;
};

}  // namespace penstock::engine
