// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where text from an item is put.
#include "placeholders/place.h"

#include <algorithm>

#include "core/json_text.h"

namespace penstock::placeholders {
namespace {

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// RFC 3986, section 2.3.
bool is_unreserved(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// The URL standard's application/x-www-form-urlencoded serializer, but for the space.
bool is_form_plain(char c) {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '*';
}

bool is_path_plain(char c) { return !is_control(c) && c != '/' && c != '%'; }

// Reserved and unreserved characters of RFC 3986: what may stand in a whole URL.
bool is_url_plain(char c) {
  return is_unreserved(c) || std::string_view(":/?#[]@!$&'()*+,;=").find(c) != std::string::npos;
}

void append_percent(char c, std::string& out) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 15U];
}

template <typename IsPlain>
std::string encoded(std::string_view text, IsPlain is_plain) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      append_percent(c, out);
    }
  }
  return out;
}

std::string form_encoded(std::string_view text) {
  std::string out = encoded(text, [](char c) { return is_form_plain(c) || c == ' '; });
  std::replace(out.begin(), out.end(), ' ', '+');
  return out;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool begins_with_scheme(std::string_view text, std::string_view scheme) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  };
  return text.size() > scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), text.begin(),
                    [&](char wanted, char given) { return same(given, wanted); });
}

// RFC 9110, section 5.5: a value has visible characters, spaces, tabs and bytes above 127.
bool is_header_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace

std::string percent_encoded(std::string_view text) { return encoded(text, is_unreserved); }

Result<std::string> as_url(std::string_view text) {
  if (!begins_with_scheme(text, "http://") && !begins_with_scheme(text, "https://")) {
    return Error{Errc::invalid, "not a URL that begins with http:// or https://", "url.scheme"};
  }
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_control(c)) {
      return Error{Errc::invalid, "a control character in a URL", "url.syntax"};
    }
    const bool is_escape =
        c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]);
    if (is_escape || is_url_plain(c)) {
      out += c;
    } else {
      append_percent(c, out);
    }
  }
  return out;
}

Result<std::string> escape_for(Place place, std::string_view text) {
  switch (place) {
    case Place::plain:
      break;
    case Place::url:
    case Place::query:
      return percent_encoded(text);
    case Place::form:
      return form_encoded(text);
    case Place::header:
      if (is_header_text(text)) break;
      return Error{Errc::invalid, "a control character in a header", "item.header"};
    case Place::json: {
      std::string out;
      json::escape(text, out);
      return out;
    }
    case Place::path:
      return encoded(text, is_path_plain);
    case Place::argv:
      if (!has_nul(text)) break;
      return Error{Errc::invalid, "a NUL character in an argument", "item.argv"};
  }
  return std::string(text);
}

Status check_literal(Place place, std::string_view literal) {
  const bool is_wrong =
      (place == Place::header && !is_header_text(literal)) ||
      (place == Place::url && !std::none_of(literal.begin(), literal.end(), is_control)) ||
      ((place == Place::argv || place == Place::path) && has_nul(literal));
  if (!is_wrong) return ok();
  return Error{Errc::invalid, "a control character where none may be", "job.placeholder"};
}

}  // namespace penstock::placeholders
