// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How an item's texts are put together.
#include "engine/item.h"

#include "core/value.h"

namespace penstock::engine {

std::string Item::flattened() const {
  return context ? with_parent(own.value, *context) : own.value;
}

std::string Item::shown_key() const {
  return own.key.empty() ? std::to_string(own.item.sequence() + 1) : own.key;
}

}  // namespace penstock::engine
