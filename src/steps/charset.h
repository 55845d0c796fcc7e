// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Text of any charset as UTF-8. Pure: no locale is asked.
#pragma once

#include <penstock/error.h>

#include <string>
#include <string_view>

namespace penstock::steps {

enum class Markup : std::uint8_t { none, html };

/// The charset of a text: what the header said, else a byte order mark, else (HTML) what a meta
/// element in its first 1024 bytes says, else "utf-8".
///
/// Shape: lower case; the names that browsers treat as a larger set are that set ("iso-8859-1" is
/// "windows-1252"). Source: WHATWG Encoding 4.2.
std::string charset_of(std::string_view bytes, std::string_view header_charset, Markup markup);

/// The text in UTF-8, without its byte order mark; what is no character becomes U+FFFD.
/// Errors: rejected ("text.charset") for a charset that nobody here knows.
Result<std::string> to_utf8(std::string_view bytes, std::string_view charset);

}  // namespace penstock::steps
