// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The [input] table: one factory for each kind of source. Nothing is opened before the factory is
// called, but for the header of a table.
#pragma once

#include <penstock/clock.h>
#include <penstock/source.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/setting_reader.h"

namespace penstock::catalog {

/// What only a run has: who hears that a pipe has more, and where what came out of it is kept.
struct SourceResources {
  Waker* waker = nullptr;
  std::string spool;
};

struct SourceSpec {
  std::string kind;   ///< "lines", "csv", ...
  std::string words;  ///< For `explain`: "lines of search_terms.txt".
  bool is_pipe = false;
  bool has_key = false;            ///< Items are known by their key column, not by their content.
  std::vector<std::string> paths;  ///< Absolute, of the files that are read from end to end.

  /// The fields of every item; nothing if they cannot be known before all is read (JSON lines).
  std::optional<std::vector<std::string>> fields;

  /// A new source that stands at its beginning. Errors: as sources.h.
  std::function<Result<std::unique_ptr<Source>>(const SourceResources&)> open;
};

/// What `[input]` describes, or nothing and problems. Relative paths are relative to `folder`.
///
///     [input]
///     lines = "terms.txt"                             # or csv, jsonl, glob, range, sqlite, stdin
///     lines = { file = "terms.txt", as = "term" }
///     csv   = { files = ["a.csv", "b.csv.gz"], key = "id", separator = ";" }
std::optional<SourceSpec> read_source(SettingReader& input, const std::filesystem::path& folder);

}  // namespace penstock::catalog
