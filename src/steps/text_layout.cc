// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Pending breaks, blanks and marks, written when the next word comes.
#include "steps/text_layout.h"

#include <algorithm>
#include <utility>

namespace penstock::steps {
namespace {

constexpr std::size_t kIndentDepthMax = 8;

/// The length of the white space at the beginning, U+00A0 included; control characters count.
std::size_t blank_bytes(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte <= 0x20 || byte == 0x7f) return 1;
  return text.starts_with("\xc2\xa0") ? 2 : 0;
}

}  // namespace

void TextLayout::before_word() {
  const bool begins = text_.empty();
  if (breaks_ > 0 && !begins) {
    while (text_.ends_with(' ') || text_.ends_with('\t')) text_.pop_back();
    text_.append(static_cast<std::size_t>(breaks_), '\n');
  } else if (cell_ && !begins) {
    text_ += '\t';
  } else if (blank_ && !begins && !text_.ends_with('\n')) {
    text_ += ' ';
  }
  text_ += mark_;
  mark_.clear();
  breaks_ = 0;
  blank_ = cell_ = false;
}

void TextLayout::add_folded(std::string_view text) {
  while (!text.empty()) {
    if (const std::size_t bytes = blank_bytes(text); bytes > 0) {
      blank_ = true;
      text.remove_prefix(bytes);
      continue;
    }
    std::size_t end = 1;
    while (end < text.size() && blank_bytes(text.substr(end)) == 0) ++end;
    before_word();
    text_.append(text.substr(0, end));
    text.remove_prefix(end);
  }
}

void TextLayout::add_verbatim(std::string_view text) {
  if (text.empty()) return;
  before_word();
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_control = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
    if (!is_control) text_ += c;
  }
}

void TextLayout::begin_item(std::size_t depth) {
  end_line();
  const std::size_t indents = std::min(depth > 0 ? depth - 1 : 0, kIndentDepthMax);
  mark_ = std::string(2 * indents, ' ') + "- ";
}

std::string TextLayout::take() {
  while (!text_.empty() && blank_bytes(std::string_view(text_).substr(text_.size() - 1)) > 0) {
    text_.pop_back();
  }
  return std::move(text_);
}

}  // namespace penstock::steps
