// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Items from what a source has read; those that cannot be read stand in their place, say why, and
// fail alone.
#pragma once

#include <penstock/source.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/json.h"

namespace penstock::sources {

/// Where an item stands; messages begin with it: "terms.txt:17: ...".
struct Place {
  std::string_view file;
  std::uint64_t line = 0;  ///< From 1; 0 if that has no meaning.
};

/// Give `item` its value and the fingerprint of it.
void set_value(SourceItem& item, std::string value);

/// Let an item that has a value fail. `kind` is one of "input.*", listed in docs/manual/input.md.
void set_bad(SourceItem& item, Place place, std::string_view kind, std::string_view reason);

/// An item of which only `text` is known: its value is {"<field>":<the beginning of text>}.
[[nodiscard]] SourceItem bad_item(std::string_view field, std::string_view text, Place place,
                                  std::string_view kind, std::string_view reason);

/// The item for a line of `bytes` bytes, which are too many.
[[nodiscard]] SourceItem too_long_item(std::string_view field, std::string_view beginning,
                                       Place place, std::uint64_t bytes);

/// Give `item` its key, or let it fail ("input.key"): keys have 1 to 4,096 bytes.
void set_key(SourceItem& item, Place place, std::string_view column, std::string_view key);

/// The same from a member of `object`: a string, a number as it is written, or a boolean.
void set_key(SourceItem& item, Place place, std::string_view member, json::Node object);

}  // namespace penstock::sources
