// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a page says: its title and its readable text. Simple on purpose: it feeds an index and
// is no HTML parser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::lab {

struct PageText {
  std::string title;
  std::string text;  ///< Blanks collapsed, the most usual entities resolved.
};

/// Tags, comments, scripts and styles left out. Accepts any bytes; linear in their number.
[[nodiscard]] PageText html_text(std::string_view html);

/// Plain text; the title is its first line.
[[nodiscard]] PageText plain_text(std::string_view text);

/// One word of a text and where it stands. Words are runs of ASCII letters, digits and bytes
/// above 127; case is kept.
struct Word {
  std::string_view text;
  std::size_t offset;
};
[[nodiscard]] std::vector<Word> words_of(std::string_view text);

/// The first word at or after `from`; empty at the end of the text.
[[nodiscard]] Word next_word(std::string_view text, std::size_t from) noexcept;

/// ASCII letters in lower case, other bytes as they are.
[[nodiscard]] std::string lowered(std::string_view text);

}  // namespace penstock::lab
