// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whether an item may go where a service sent it. Pure policy: limits of the new host and dropping
// of credentials follow from the hop itself.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <string_view>

#include "engine/item.h"

namespace penstock::engine {

/// Errors: rejected ("redirect.too_many", "redirect.scheme").
Status check_redirect(const Item& item, std::string_view link, std::uint32_t redirects_max);

/// Whether `page` may follow `item` in a `next` chain; notes where the chain has been.
/// Errors: rejected ("next.too_many", "next.cycle").
Status check_page(const Item& item, Item& page, std::uint32_t pages_max);

}  // namespace penstock::engine
