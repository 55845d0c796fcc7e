// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How an item's texts are put together.
#include "engine/item.h"

#include "core/value.h"

namespace penstock::engine {

std::string Item::flattened() const {
  return context ? with_parent(own.value, *context) : own.value;
}

std::string_view Item::flattened(std::string& room) const {
  if (!context) return own.value;
  room = with_parent(own.value, *context);
  return room;
}

std::string Item::shown_key() const {
  return own.key.empty() ? std::to_string(own.item.sequence() + 1) : own.key;
}

}  // namespace penstock::engine
