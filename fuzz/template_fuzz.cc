// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A place, a template, and the text of an item: whatever all three are, the text is data there.
//
//     input := place byte, template, LF, item text
#include "placeholders/template.h"

#include <algorithm>

#include "check.h"
#include "core/json_text.h"
#include "core/utf8.h"
#include "placeholders/json_template.h"

namespace penstock {
namespace {

using placeholders::Place;

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

void check_place(Place place, std::string_view out) {
  if (place == Place::header || place == Place::url) PENSTOCK_ASSERT(!has_control(out));
  if (place == Place::argv || place == Place::path) {
    PENSTOCK_ASSERT(out.find('\0') == std::string_view::npos);
  }
}

// Templates whose own text is harmless, so that all harm would be the item's.
void check_fixed(json::Node item) {
  static const auto path_template =
      placeholders::Template::parse("t/{x}/{x|slug}/a{x}.txt", Place::path);
  static const auto url_template =
      placeholders::Template::parse("https://h/{x}?q={x}&r=1", Place::url);
  static const auto body_template =
      placeholders::JsonTemplate::parse(R"({"a":"<{x}>","b":"{x}","c":["{x}"]})");
  if (const auto path = path_template->render(item)) {
    PENSTOCK_ASSERT(std::count(path->begin(), path->end(), '/') == 3);
    PENSTOCK_ASSERT(path->find("/.") == std::string::npos);
    PENSTOCK_ASSERT(path->find("//") == std::string::npos);
    PENSTOCK_ASSERT(utf8::is_valid(*path));
  }
  if (const auto url = url_template->render(item)) {
    PENSTOCK_ASSERT(std::count(url->begin(), url->end(), '/') == 3);
    PENSTOCK_ASSERT(std::count(url->begin(), url->end(), '&') == 1);
    PENSTOCK_ASSERT(std::count(url->begin(), url->end(), '?') == 1);
    PENSTOCK_ASSERT(url->find('#') == std::string::npos);
  }
  const auto json = json::Document::parse(*body_template->render(item));
  PENSTOCK_ASSERT(json.has_value() && json->root().size() == 3);
  PENSTOCK_ASSERT(json->root().member("b")->text() == item.member("x")->text());
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view rest = fuzz::as_text(bytes, size);
  const auto place = static_cast<Place>(fuzz::take_byte(rest) % 8U);
  const std::string_view text = fuzz::take_until(rest, '\n');
  std::string value;
  json::ObjectWriter(value).string("x", rest).raw("n", "1.50").raw("none", "null").close();
  const auto item = json::Document::parse(value);
  check_fixed(item->root());
  const auto parsed = placeholders::Template::parse(text, place);
  if (parsed) {
    const auto out = parsed->render(item->root(), placeholders::preview_resolver);
    if (out) check_place(place, *out);
    (void)parsed->names();
    (void)parsed->reserved_names();
  }
  if (const auto body = placeholders::JsonTemplate::parse(text)) {
    const auto out = body->render(item->root(), placeholders::preview_resolver);
    if (out) PENSTOCK_ASSERT(json::Document::parse(*out).has_value());
  }
  return 0;
}
