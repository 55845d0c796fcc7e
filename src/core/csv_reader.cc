// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Reading CSV: a machine of five places that takes runs of bytes where it can.
#include "core/csv.h"

#include "core/assert.h"

#include <algorithm>
#include <array>

namespace penstock::csv {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 3> kMarks{kUtf8Mark, "\xFF\xFE", "\xFE\xFF"};

}  // namespace

Reader::Reader(ReadOptions options) : options_(options) {}

void Reader::feed(std::string_view bytes) {
  PENSTOCK_ASSERT(chunk_.empty() && !finished_);
  chunk_ = bytes;
}

void Reader::finish() { finished_ = true; }

Result<std::optional<Record>> Reader::next() {
  if (given_) start_record();
  if (!mark_read_) PENSTOCK_CHECK(read_mark());
  while (!chunk_.empty() && !ended_) {
    if (!read_some()) continue;
    if (!is_blank()) return end_record();
    start_record();
  }
  if (finished_ && !ended_) return end_input();
  chunk_ = {};  // Whatever came behind the end.
  return std::optional<Record>();
}

void Reader::start_record() {
  place_ = Place::field_start;
  given_ = false;
  was_quoted_ = false;
  record_line_ = line_;
  text_.clear();
  ends_.clear();
  error_.reset();
}

// The first bytes are held back until it is plain whether they are a mark: chunks may be one byte.
Status Reader::read_mark() {
  while (!chunk_.empty() && !mark_read_) {
    mark_ += chunk_.front();
    const auto begins_so = [this](std::string_view mark) {
      return mark.substr(0, mark_.size()) == mark_;
    };
    const auto mark = std::find_if(kMarks.begin(), kMarks.end(), begins_so);
    if (mark == kMarks.end()) {
      mark_.pop_back();
      mark_read_ = true;
      break;
    }
    chunk_.remove_prefix(1);
    if (mark_ != *mark) continue;
    mark_read_ = true;
    mark_.clear();
    if (*mark == kUtf8Mark) break;
    ended_ = true;
    return Error{Errc::invalid, "line 1: the text is UTF-16; convert it to UTF-8 first",
                 "csv.encoding"};
  }
  if (!mark_read_ && !finished_) return ok();
  mark_read_ = true;
  append(mark_);
  if (!mark_.empty()) place_ = Place::plain;
  return ok();
}

// Reads a run of bytes; whether the record is at its end.
bool Reader::read_some() {
  switch (place_) {
    case Place::field_start:
      if (chunk_.front() != '"') return take_plain();
      chunk_.remove_prefix(1);
      place_ = Place::quoted;
      was_quoted_ = true;
      quote_line_ = line_;
      return false;
    case Place::plain:
      return take_plain();
    case Place::quoted:
      return take_quoted();
    case Place::after_quote:
      return take_after_quote();
    case Place::after_cr:
      return take_after_cr();
  }
  return false;
}

bool Reader::take_plain() {
  const auto end = std::find_if(chunk_.begin(), chunk_.end(), [this](char c) {
    return c == options_.delimiter || c == '\n' || c == '\r';
  });
  const auto run_bytes = static_cast<std::size_t>(end - chunk_.begin());
  append(chunk_.substr(0, run_bytes));
  chunk_.remove_prefix(run_bytes);
  if (run_bytes > 0) place_ = Place::plain;
  return !chunk_.empty() && take_end_of_field(chunk_.front());
}

bool Reader::take_end_of_field(char c) {
  chunk_.remove_prefix(1);
  if (c == options_.delimiter) {
    end_field();
    place_ = Place::field_start;
    return false;
  }
  if (c == '\n') {
    ++line_;
    return true;
  }
  before_cr_ = place_;
  place_ = Place::after_cr;
  return false;
}

bool Reader::take_quoted() {
  const std::size_t run_bytes = std::min(chunk_.find('"'), chunk_.size());
  const std::string_view run = chunk_.substr(0, run_bytes);
  line_ += static_cast<std::uint64_t>(std::count(run.begin(), run.end(), '\n'));
  append(run);
  chunk_.remove_prefix(run_bytes);
  if (chunk_.empty()) return false;
  chunk_.remove_prefix(1);
  place_ = Place::after_quote;
  return false;
}

bool Reader::take_after_quote() {
  const char c = chunk_.front();
  if (c == options_.delimiter || c == '\n' || c == '\r') return take_end_of_field(c);
  if (c == '"') {
    append("\"");
    chunk_.remove_prefix(1);
    place_ = Place::quoted;
    return false;
  }
  fail("csv.quote", "text behind a closing quote", line_);
  place_ = Place::plain;
  return false;
}

bool Reader::take_after_cr() {
  if (chunk_.front() == '\n') {
    chunk_.remove_prefix(1);
    ++line_;
    return true;
  }
  if (before_cr_ == Place::after_quote) {
    fail("csv.quote", "text behind a closing quote", line_);
  }
  append("\r");
  place_ = Place::plain;
  return false;
}

void Reader::append(std::string_view text) {
  if (error_) return;
  if (text.size() > options_.record_bytes_max - text_.size()) {
    const bool in_quotes = place_ == Place::quoted;
    return fail("csv.size",
                in_quotes ? "the record is too long; is the quote that opens here closed?"
                          : "the record is too long",
                in_quotes ? quote_line_ : record_line_);
  }
  text_ += text;
}

void Reader::end_field() {
  if (error_) return;
  if (ends_.size() == options_.fields_max) {
    return fail("csv.size", "the record has too many fields", record_line_);
  }
  ends_.push_back(text_.size());
}

bool Reader::is_blank() const noexcept {
  return text_.empty() && ends_.empty() && !was_quoted_ && !error_;
}

void Reader::fail(std::string_view kind, std::string_view why, std::uint64_t line) {
  if (error_) return;
  error_ = Error{Errc::invalid, "line " + std::to_string(line) + ": " + std::string(why),
                 std::string(kind)};
}

Result<std::optional<Record>> Reader::end_record() {
  given_ = true;
  end_field();
  if (error_) return std::move(*error_);
  fields_.clear();
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    fields_.push_back(std::string_view(text_).substr(begin, end - begin));
    begin = end;
  }
  return std::optional<Record>({fields_, record_line_});
}

// A last line without its end is a line; half of a CR LF ends one.
Result<std::optional<Record>> Reader::end_input() {
  ended_ = true;
  if (place_ == Place::quoted) {
    error_.reset();
    fail("csv.open_quote", "the quote that opens here is never closed", quote_line_);
  }
  if (is_blank()) return std::optional<Record>();
  return end_record();
}

}  // namespace penstock::csv
