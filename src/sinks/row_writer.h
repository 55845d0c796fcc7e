// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A format of rows: turns records into the bytes of a text file. It opens nothing.
#pragma once

#include <penstock/error.h>
#include <penstock/sink.h>
#include <penstock/sinks.h>

#include <memory>
#include <string>
#include <string_view>

#include "sinks/column_set.h"

namespace penstock::sinks {

/// Calls: (go_on_after | append)? append*. Threads: owner only.
class RowWriter {
 public:
  virtual ~RowWriter() = default;

  /// The rows go into a file that begins with these bytes; at most kBeginningBytesMax are needed.
  /// Errors: rejected (no row of this format would follow such a beginning).
  virtual Status go_on_after(std::string_view beginning) = 0;

  /// Append the row of one record, and before the first one of a new file what belongs there.
  /// Errors: internal.
  virtual Status append(const Record& record, std::string& out) = 0;
};

inline constexpr std::size_t kBeginningBytesMax = std::size_t{16} << 20U;

std::unique_ptr<RowWriter> make_jsonl_writer(ColumnSet columns);
std::unique_ptr<RowWriter> make_csv_writer(ColumnSet columns, CsvTableOptions options);

/// The name of the column for what has no column of its own.
inline constexpr std::string_view kMoreName = "more";

}  // namespace penstock::sinks
