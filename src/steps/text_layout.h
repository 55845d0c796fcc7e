// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lines, blanks and list marks of a text that is made from a page. It knows no HTML.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::steps {

/// Collects words and breaks; a break counts only when text follows, so nothing is empty at either
/// end and never two empty lines meet.
///
/// Threads: owner only.
class TextLayout {
 public:
  /// Words in which any white space is one blank.
  void add_folded(std::string_view utf8_text);

  /// Words as they stand.
  void add_verbatim(std::string_view utf8_text);

  void end_line() { breaks_ = breaks_ < 1 ? 1 : breaks_; }
  void end_paragraph() { breaks_ = 2; }
  void next_cell() { cell_ = true; }

  /// The next words begin an item of a list at this depth, from 1.
  void begin_item(std::size_t depth);

  /// The text so far, without blanks at its end.
  std::string take();

 private:
  void before_word();

  std::string text_;
  std::string mark_;  // Stands before the next word: "- ".
  int breaks_ = 0;    // Ends of line before the next word.
  bool blank_ = false;
  bool cell_ = false;
};

}  // namespace penstock::steps
