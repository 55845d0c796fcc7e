// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// CSV, read and written as a stream. Fields are bytes: no blank is stripped, no type is guessed, no
// file is opened.
//
//     file   := byte order mark? record (line end record)* line end?
//     record := field (delimiter field)*
//     field  := bytes without delimiter, quote at the front, or line end
//             | '"' (bytes but '"' | '""')* '"'
//     line end := LF | CR LF
//
// Source: RFC 4180. Beyond it: LF alone ends a line, CR alone is text, empty lines are passed over,
// a quote inside an unquoted field is text.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::csv {

struct ReadOptions {
  char delimiter = ',';
  std::size_t record_bytes_max = 64 * 1024 * 1024;  ///< Of all fields together.
  std::size_t fields_max = 100'000;                 ///< Of one record.
};

/// One record, borrowed from its Reader until the next call of next() or feed().
struct Record {
  std::span<const std::string_view> fields;  ///< At least one.
  std::uint64_t line = 0;                    ///< Where it begins, from 1.
};

/// Bytes in, records out, the same however the bytes are cut into chunks.
/// Calls must match: (feed next*)* finish next*.
///
/// Memory: one record. Threads: owner only.
class Reader {
 public:
  explicit Reader(ReadOptions options = {});

  /// More input, borrowed until next() has given nothing.
  /// REQUIRES: next() has given nothing since the last feed().
  void feed(std::string_view bytes);

  /// No more input will come.
  void finish();

  /// The next record; nothing if it needs more input, or after finish() at the end.
  /// Errors: invalid, with the line: "csv.size" and "csv.quote" (text behind a closing quote) for
  /// one record, after which the next call goes on behind it; "csv.open_quote" at the end of input,
  /// and "csv.encoding" for UTF-16, after which nothing more comes.
  [[nodiscard]] Result<std::optional<Record>> next();

 private:
  enum class Place : std::uint8_t { field_start, plain, quoted, after_quote, after_cr };

  void start_record();
  Status read_mark();
  bool read_some();
  bool take_plain();
  bool take_quoted();
  bool take_after_quote();
  bool take_after_cr();
  bool take_end_of_field(char c);
  void append(std::string_view text);
  void end_field();
  bool is_blank() const noexcept;
  void fail(std::string_view kind, std::string_view why, std::uint64_t line);
  Result<std::optional<Record>> end_record();
  Result<std::optional<Record>> end_input();

  ReadOptions options_;

  // Of the input.
  std::string_view chunk_;  // What is not read yet.
  std::string mark_;        // The first bytes, while they may be a byte order mark.
  bool mark_read_ = false;
  bool finished_ = false;
  bool ended_ = false;  // Nothing more comes.
  std::uint64_t line_ = 1;

  // Of the record that is being read, or was given last.
  Place place_ = Place::field_start;
  Place before_cr_ = Place::field_start;
  bool given_ = false;
  bool was_quoted_ = false;
  std::uint64_t record_line_ = 1;
  std::uint64_t quote_line_ = 0;
  std::string text_;                      // All fields, one behind the other.
  std::vector<std::size_t> ends_;         // Where each ends in text_.
  std::vector<std::string_view> fields_;  // Set when the record is given.
  std::optional<Error> error_;            // The first that was found; the rest is passed over.
};

enum class SpreadsheetSafe : std::uint8_t { no, yes };

struct WriteOptions {
  char delimiter = ',';
  /// Put ' before a field that a spreadsheet would run as a formula (it begins with = + - @, a tab
  /// or CR, and is no plain number). Not the default: the file then says what the data do not.
  /// Source: OWASP ASVS 1.2.10, CWE-1236.
  SpreadsheetSafe spreadsheet_safe = SpreadsheetSafe::no;
};

/// Append one record with its line end (LF). Reader gives the same fields back.
/// REQUIRES: at least one field.
void write_record(std::span<const std::string_view> fields, std::string& out,
                  const WriteOptions& options = {});

}  // namespace penstock::csv
