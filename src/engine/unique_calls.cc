// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A small registry; all policy (what a follower's verdict is) stays with the engine.
#include "engine/unique_calls.h"

#include <utility>

#include "core/assert.h"

namespace penstock::engine {

UniqueCalls::Role UniqueCalls::join(ItemPtr& item) {
  const auto [place, is_new] = entries_.try_emplace({item->step(), item->own.unique});
  if (is_new) return Role::leader;
  if (place->second.answer) return Role::answered;
  place->second.followers.push_back(std::move(item));
  ++followers_;
  return Role::follower;
}

const StoredAnswer& UniqueCalls::answer_of(const Item& item) const {
  const auto found = entries_.find({item.step(), item.own.unique});
  PENSTOCK_ASSERT(found != entries_.end() && found->second.answer.has_value());
  return *found->second.answer;
}

std::vector<ItemPtr> UniqueCalls::answer(const Item& leader, StoredAnswer answer) {
  const auto found = entries_.find({leader.step(), leader.own.unique});
  if (found == entries_.end()) return {};  // A leader whose role the ledger took over.
  found->second.answer = std::move(answer);
  followers_ -= found->second.followers.size();
  return std::exchange(found->second.followers, {});
}

void UniqueCalls::forget(StepIndex step, const Fingerprint& value) {
  entries_.erase({step, value});
}

void UniqueCalls::visit(const std::function<void(const Item&)>& look) const {
  for (const auto& [key, entry] : entries_) {
    for (const ItemPtr& follower : entry.followers) look(*follower);
  }
}

}  // namespace penstock::engine
