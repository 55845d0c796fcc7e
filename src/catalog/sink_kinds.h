// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The [output] table: one factory for each kind of sink. Nothing is opened before it is called.
#pragma once

#include <penstock/sink.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/setting_reader.h"
#include "catalog/template_reader.h"

namespace penstock::catalog {

/// What only a run has.
struct SinkResources {
  std::vector<std::string> steps;  ///< Names, in order.
  std::string bodies_folder;       ///< Where steps put bodies that do not fit in memory.
};

struct SinkSpec {
  std::string kind;   ///< "jsonl"
  std::string shown;  ///< What the user may open, as the job file says it: "pages.jsonl".
  std::string path;   ///< Absolute; empty for standard output, and for many files.
  std::string table;  ///< sqlite: the table in that file.

  /// Errors: as sinks.h.
  std::function<Result<std::unique_ptr<Sink>>(const SinkResources&)> make;
};

enum class OutputOrder : std::uint8_t { settled, source };

struct OutputSpec {
  std::vector<SinkSpec> sinks;
  std::vector<TemplateUse> uses;  ///< Names that columns and file names use.
  OutputOrder order = OutputOrder::settled;
};

/// What `[output]` describes. Relative paths are relative to `folder`.
///
///     [output]
///     jsonl    = "pages.jsonl"                        # or csv, sqlite; several are fine
///     files    = "texts/{term|slug}/{rank|pad:3}.txt"
///     columns  = ["term", "url", "page.bytes"]        # or { size = "{page.bytes}" }
///     failures = "rows"                               # "file", "none"
OutputSpec read_output(SettingReader& output, const std::filesystem::path& folder);

}  // namespace penstock::catalog
