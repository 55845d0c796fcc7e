// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where items come from: one factory for each kind of input. What each gives is in
// docs/manual/input.md.
//
// All text inputs are UTF-8. A byte order mark is passed over, UTF-16 is refused. Files that begin
// with the magic bytes of gzip or zstd are unpacked on the way. A line or row may have 16 MiB.
#pragma once

#include <penstock/clock.h>
#include <penstock/error.h>
#include <penstock/source.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// A pipe, and the file that keeps what came out of it, since a pipe is read only once.
///
/// Each block is in the spool before an item of it is given out. If the spool has blocks already,
/// they are the input and `fd` is not read.
struct PipedInput {
  int fd = -1;             ///< Owned by the source from here on: pass a duplicate of 0.
  std::string spool;       ///< Path of the spool, in the run's folder.
  Waker* waker = nullptr;  ///< Hears Event::source_ready; lives longer than the source.
};

/// The bytes of a text input: files, one after the other, or a pipe.
struct TextInput {
  TextInput(std::vector<std::string> paths) : files(std::move(paths)) {}
  TextInput(PipedInput piped) : pipe(std::move(piped)) {}

  std::vector<std::string> files;
  PipedInput pipe;  ///< Used if it has an fd.
};

enum class BlankLines : std::uint8_t { skip, keep };
enum class Trim : std::uint8_t { nothing, ends };

struct LinesOptions {
  std::string as = "line";              ///< The field that holds the line.
  BlankLines blank = BlankLines::skip;  ///< Blank: nothing but spaces and tabs.
  Trim trim = Trim::nothing;            ///< `ends`: spaces and tabs at both ends are dropped.
  std::string key;  ///< `as`: the line is its key. Another name: that member of a line of JSON.
};

struct CsvOptions {
  char separator = ',';  ///< '\t' for TSV.
  std::string key;       ///< A column; empty for none.
};

struct JsonlOptions {
  std::string key;  ///< A member; empty for none.
};

struct GlobOptions {
  std::string pattern;  ///< `*`, `?`, `[a-z]` within a name; a part `**` is any depth of folders.
};

struct RangeOptions {
  std::int64_t first = 1;
  std::int64_t last = 1;  ///< The last that may be given.
  std::int64_t step = 1;  ///< Not 0; negative to count down.
  std::string as = "n";   ///< The field that holds the number.
};

struct SqliteOptions {
  std::string file;
  std::string query;  ///< One statement that reads; its ORDER BY is the order of the items.
  std::string key;    ///< A column; empty for none.
};

/// One item a line: {"line":"..."}.
/// Errors of all that follow: invalid (options or input are not as they must be), system.
Result<std::unique_ptr<Source>> open_lines(TextInput input, LinesOptions options);

/// One item a row, its fields named by the header row; RFC 4180. All values are strings.
Result<std::unique_ptr<Source>> open_csv(TextInput input, CsvOptions options);

/// One item a line of JSON: the object as it is, anything else as {"value":...}.
Result<std::unique_ptr<Source>> open_jsonl(TextInput input, JsonlOptions options);

/// One item a regular file whose path matches, in the order of the paths' bytes, folder by folder:
/// {"path":...,"name":...,"bytes":...}. A pattern that matches nothing gives no items.
Result<std::unique_ptr<Source>> open_glob(GlobOptions options);

/// One item a whole number: {"n":1}.
Result<std::unique_ptr<Source>> make_range(RangeOptions options);

/// "1..1000", "10..1", "0..100..5" (first, last, step). Errors: invalid.
Result<RangeOptions> parse_range(std::string_view text);

/// One item a row of a query; blobs are base64. The file is opened for reading only.
Result<std::unique_ptr<Source>> open_sqlite_query(SqliteOptions options);

}  // namespace penstock
