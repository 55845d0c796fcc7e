// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// An HTML page as text that reads well. It runs no script, fetches nothing, and its work is bounded
// for any input.
#pragma once

#include <penstock/error.h>

#include <string>
#include <string_view>

namespace penstock::steps {

struct HtmlText {
  std::string title;  ///< Of the page, in one line; empty if it has none.
  std::string text;
};

/// Menus, headers and footers of a site: elements nav, aside and footer.
enum class Furniture : std::uint8_t { keep, drop };

/// The text of a page.
///
/// Shape: `html` is valid UTF-8. Paragraphs, headings and tables are set off by an empty line;
/// list items begin with "- ", two blanks deeper for each list around them; table cells are
/// divided by a tab; `pre` keeps its white space, elsewhere it folds to one blank. Scripts, styles,
/// templates, drawings and what is marked `hidden` are left out.
/// Errors: rejected ("text.too_deep": elements nested so deeply that reading them would take
/// longer than about a second). Threads: any. Blocks: for the parsing, about 30 ms a MiB.
Result<HtmlText> html_to_text(std::string_view html, Furniture furniture = Furniture::keep);

}  // namespace penstock::steps
