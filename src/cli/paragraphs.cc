// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Greedy line breaking: good enough for help, and the same everywhere.
#include "cli/paragraphs.h"

#include <algorithm>

#include "report/safe_text.h"

namespace penstock::cli {
namespace {

constexpr std::size_t kNarrowest = 16;  // A column of text that is still readable.

/// Gathers words into lines.
class Filler {
 public:
  Filler(std::size_t indent, std::size_t columns) : indent_(indent), columns_(columns) {}

  /// Later lines of this paragraph are indented by this much.
  void hang(std::size_t indent) { hang_ = indent; }

  void words(std::string_view text) {
    while (!text.empty()) {
      const std::size_t begin = text.find_first_not_of(' ');
      if (begin == text.npos) return;
      text.remove_prefix(begin);
      const std::string_view next = text.substr(0, text.find(' '));
      word(next);
      text.remove_prefix(next.size());
    }
  }

  /// The beginning of a line as it is, with all its blanks.
  void begin_line(std::string_view text) {
    end_paragraph();
    line_ = std::string(indent_, ' ').append(text);
    used_ = report::columns_of(line_);
    glue_ = true;
  }

  void end_paragraph() {
    end_line();
    hang_ = indent_;
  }

  void blank_line() {
    end_paragraph();
    text_ += "\n";
  }

  std::string take() {
    end_paragraph();
    return std::move(text_);
  }

 private:
  void word(std::string_view word) {
    const std::size_t width = report::columns_of(word);
    const std::size_t gap = glue_ ? 0 : 1;
    if (!line_.empty() && used_ + gap + width > columns_) end_line();
    if (line_.empty()) {
      line_ = std::string(started_ ? hang_ : indent_, ' ');
      used_ = line_.size();
    } else {
      line_.append(gap, ' ');
      used_ += gap;
    }
    line_ += word;
    used_ += width;
    glue_ = false;
    started_ = true;
  }

  void end_line() {
    while (line_.ends_with(' ')) line_.pop_back();
    if (!line_.empty()) text_ += line_ + "\n";
    line_.clear();
    used_ = 0;
    glue_ = false;
  }

  std::size_t indent_;
  std::size_t columns_;
  std::size_t hang_ = indent_;
  std::string text_;
  std::string line_;
  std::size_t used_ = 0;
  bool glue_ = false;     // The next word follows without a blank.
  bool started_ = false;  // Something was written: later lines hang.
};

/// "  --name   what it is": everything before "what" stays, and later lines stand below it.
std::size_t head_of(std::string_view line) {
  const std::size_t text = line.find_first_not_of(' ');
  const std::size_t gap = line.find("  ", text);
  if (gap == line.npos) return text;
  return line.find_first_not_of(' ', gap);
}

void add_indented(std::string_view line, std::size_t indent, std::size_t columns, Filler& filler) {
  const bool fits = indent + report::columns_of(line) <= columns;
  const std::size_t head = fits ? line.size() : std::min(head_of(line), line.size());
  filler.begin_line(line.substr(0, head));
  const bool fits_beside = indent + head + kNarrowest <= columns;
  filler.hang(indent + (fits_beside ? head : line.find_first_not_of(' ') + 2));
  filler.words(line.substr(head));
  filler.end_paragraph();
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  Filler filler(indent, columns);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty())
      filler.blank_line();
    else if (line[0] == ' ')
      add_indented(line, indent, columns, filler);
    else
      filler.words(line);
  }
  return filler.take();
}

}  // namespace penstock::cli
