// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What an answer says it is, and what its first bytes look like. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::steps {

/// A Content-Type header, in lower case and without its other parameters.
struct MediaType {
  std::string type;     ///< "text/html"; empty if there is none or it is no type.
  std::string charset;  ///< "utf-8"; empty if it is not said.

  bool is_html() const noexcept;

  /// application/json, text/json, and everything that ends in +json.
  bool is_json() const noexcept;

  /// Something that a reader can read: text/*, JSON, XML.
  bool is_text() const noexcept;
};

/// Read a Content-Type header as it came. Source: RFC 9110 8.3.
MediaType parse_media_type(std::string_view header);

/// Whether `type` is among what a step accepts: "text/html", "text/*", "*/*" (in lower case).
/// An empty list accepts everything; a missing type is judged as application/octet-stream.
bool is_accepted(const MediaType& type, const std::vector<std::string>& accept);

/// Whether bytes without a type begin like an HTML page.
/// Source: WHATWG MIME Sniffing 7.1, reduced to HTML.
bool looks_like_html(std::string_view bytes);

}  // namespace penstock::steps
