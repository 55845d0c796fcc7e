// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Greedy line breaking: good enough for help, and the same everywhere.
#include "cli/paragraphs.h"

#include "report/safe_text.h"

namespace penstock::cli {
namespace {

/// Gathers words into lines.
class Filler {
 public:
  Filler(std::size_t indent, std::size_t columns) : indent_(indent), columns_(columns) {}

  void word(std::string_view word) {
    const std::size_t width = report::columns_of(word);
    if (!line_.empty() && used_ + 1 + width > columns_) end_line();
    line_ += line_.empty() ? std::string(indent_, ' ') : " ";
    used_ = used_ == 0 ? indent_ + width : used_ + 1 + width;
    line_ += word;
  }

  void end_line() {
    if (!line_.empty()) text_ += line_ + "\n";
    line_.clear();
    used_ = 0;
  }

  void kept_line(std::string_view line) {
    end_line();
    text_ += (line.empty() ? std::string() : std::string(indent_, ' ').append(line)) + "\n";
  }

  std::string take() {
    end_line();
    return std::move(text_);
  }

 private:
  std::size_t indent_;
  std::size_t columns_;
  std::string text_;
  std::string line_;
  std::size_t used_ = 0;
};

void add_words(std::string_view line, Filler& filler) {
  while (!line.empty()) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == line.npos) return;
    line.remove_prefix(begin);
    const std::string_view word = line.substr(0, line.find(' '));
    filler.word(word);
    line.remove_prefix(word.size());
  }
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  Filler filler(indent, columns);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line[0] == ' ')
      filler.kept_line(line);
    else
      add_words(line, filler);
  }
  return filler.take();
}

}  // namespace penstock::cli
