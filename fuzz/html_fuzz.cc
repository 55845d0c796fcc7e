// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The bytes of a page in any charset: text in UTF-8, and a title in one line,
// or a refusal.
//
//     input := charset of the header, LF, the page
#include <algorithm>
#include <string>

#include "check.h"
#include "core/utf8.h"
#include "steps/charset.h"
#include "steps/html_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view page = fuzz::as_text(bytes, size);
  const std::string_view header_charset = fuzz::take_until(page, '\n');
  const auto html =
      steps::to_utf8(page, steps::charset_of(page, header_charset, steps::Markup::html));
  if (!html) return 0;
  PENSTOCK_ASSERT(utf8::is_valid(*html));
  for (const auto furniture : {steps::Furniture::keep, steps::Furniture::drop}) {
    const auto read = steps::html_to_text(*html, furniture);
    if (!read) continue;
    PENSTOCK_ASSERT(utf8::is_valid(read->text) && utf8::is_valid(read->title));
    PENSTOCK_ASSERT(read->title.find('\n') == std::string::npos);
  }
  return 0;
}
