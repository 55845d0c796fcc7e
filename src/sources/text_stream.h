// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The first bytes of a text: a UTF-8 byte order mark is passed over, UTF-16 is refused before a
// line of it could become an item.
#pragma once

#include <memory>

#include "sources/byte_stream.h"

namespace penstock::sources {

/// Errors of read(): invalid "input.encoding" (UTF-16), and those of `bytes`.
std::unique_ptr<ByteStream> text_of(std::unique_ptr<ByteStream> bytes);

}  // namespace penstock::sources
