// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where text from an item is put, and what it must look like to be only data there.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::placeholders {

enum class Place : std::uint8_t {
  plain,   ///< As it is: prompts, messages, keys.
  url,     ///< Percent-encoded; a placeholder that begins the template is a whole URL instead.
  query,   ///< A value of a query parameter: percent-encoded.
  form,    ///< A value of a form field: percent-encoded, a space is +.
  header,  ///< A header's value: control characters are refused.
  json,    ///< Inside a JSON string: escaped.
  path,    ///< Parts of file names: what could leave the folder or hide is percent-encoded.
  argv,    ///< Part of one argument of a program, without any shell: NUL is refused.
};

/// The text as data for this place. Of `path` this does what can be said of a part; the names as a
/// whole are path_name.h's.
/// Errors: invalid: "item.header", "item.argv". The message does not repeat the text.
[[nodiscard]] Result<std::string> escape_for(Place place, std::string_view text);

/// Whether `literal`, a part of a template that is no placeholder, may stand in this place.
/// Errors: invalid ("job.placeholder").
[[nodiscard]] Status check_literal(Place place, std::string_view literal);

/// All but RFC 3986's unreserved characters as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// A whole URL that came as text: what a URL may not hold is percent-encoded, what is encoded
/// already stays so.
/// Errors: invalid: "url.scheme" if it does not begin with http:// or https://, "url.syntax" for
/// control characters.
[[nodiscard]] Result<std::string> as_url(std::string_view text);

}  // namespace penstock::placeholders
