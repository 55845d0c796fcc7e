// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Where results go: one factory for each kind of output. What each writes is in
// docs/manual/output.md. Nothing is opened before Sink::open().
#pragma once

#include <penstock/error.h>
#include <penstock/sink.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// A column of a table.
struct Column {
  std::string name;
  std::string text;  ///< A template over the item: "{term}", "{page.status}", "{key}".
};

/// Which records a sink renders. A failure is `failed` or `poisoned`.
enum class Rows : std::uint8_t { all, successes, failures };

/// The columns of a table: those that are named, or else
///
///     key parent status kind error attempts   of the record
///     ...                                     the source's fields, the nearest of each name
///     <last step>                             what the last step gave
///
/// A field that has the name of one of these is called input_<name>, in templates too.
struct TableOptions {
  std::string path;  ///< The file; its folder must exist.
  std::string name;  ///< Sink::name(); empty: the kind and the path.
  std::vector<Column> columns;
  std::vector<std::string> steps;  ///< The names of the job's steps, in order.
  Rows rows = Rows::all;
};

enum class SpreadsheetSafe : std::uint8_t { no, yes };

struct CsvTableOptions {
  char separator = ',';  ///< '\t' for TSV.

  /// `yes`: a ' stands before what a spreadsheet would run as a formula.
  SpreadsheetSafe spreadsheet_safe = SpreadsheetSafe::no;
};

struct FilesOptions {
  std::string folder;   ///< Paths begin here; it must exist.
  std::string path;     ///< A template: "texts/{term|slug}/{rank|pad:3}.txt".
  std::string name;     ///< Sink::name(); empty: "files:" and the path.
  std::string content;  ///< A template; empty: the output's text, body or file, or its JSON.
  std::vector<std::string> steps;  ///< The names of the job's steps, in order.

  /// The run's folder of bodies (StepContext::files_folder()): files that outputs name are taken
  /// from there and from nowhere else.
  std::string bodies_folder;
};

enum class StreamFormat : std::uint8_t { jsonl, csv };

struct StreamOptions {
  int fd = -1;  ///< Owned by the sink from here on: pass a duplicate of 1.
  StreamFormat format = StreamFormat::jsonl;
  std::vector<Column> columns;
  std::vector<std::string> steps;
  Rows rows = Rows::all;
};

/// One JSON object a line; values keep their types, numbers their digits.
/// Errors of all: invalid (a template that is none: "job.placeholder", names that are not allowed).
Result<std::unique_ptr<Sink>> make_jsonl_sink(TableOptions options);

/// RFC 4180 with a header row. The columns are those of the first record; what later ones have
/// besides is in the last column, `more`, as JSON. With named columns there is no `more`.
Result<std::unique_ptr<Sink>> make_csv_sink(TableOptions options, CsvTableOptions csv = {});

/// A table in an SQLite file, one row a key; the file keeps its own cursor. New fields become new
/// columns, those that cannot are in `more`. Other tables of the file are left alone.
Result<std::unique_ptr<Sink>> make_sqlite_sink(TableOptions options, std::string table = "results");

/// One file for each record that has an output.
Result<std::unique_ptr<Sink>> make_files_sink(FilesOptions options);

/// Standard output or another stream. It cannot be cut: after a crash, records since the last
/// cursor come again, so each comes at least once.
Result<std::unique_ptr<Sink>> make_stream_sink(StreamOptions options);

}  // namespace penstock
