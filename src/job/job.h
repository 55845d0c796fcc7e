// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A job file that was read and found right: everything that a run needs, and no secret.
#pragma once

#include <penstock/executors.h>
#include <penstock/ledgers.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/problems.h"
#include "catalog/sink_kinds.h"
#include "catalog/source_kinds.h"
#include "catalog/step_kinds.h"
#include "engine/plan.h"

namespace penstock::job {

struct Job {
  std::filesystem::path file;
  std::filesystem::path folder;  ///< Of the file; its relative paths start here.
  std::string text;              ///< Of the file, as it was.
  engine::Plan plan;
  catalog::SourceSpec source;
  std::vector<catalog::SinkSpec> sinks;
  ExecutorOptions executor;  ///< Without `files_folder`, which is the run's.
  RecordOrder order = RecordOrder::settled;
};

/// What the command line puts above the file.
struct Overrides {
  std::optional<std::size_t> workers;
  std::optional<std::size_t> concurrency;
  std::optional<std::size_t> at_once;
  std::optional<std::string> distribute;  ///< "dynamic" or "static".
  std::optional<std::string> rate;        ///< "100/s": one more limit, over all steps.
  std::optional<std::string> failures;    ///< "100" or "5%"; "none" for never.
  std::uint64_t items_max = 0;
  bool keep_order = false;
};

/// What the process lends to a job.
struct Surroundings {
  std::function<std::optional<std::string>(std::string_view name)> variable;
  std::size_t processors = 1;  ///< Workers, where the job does not say.
  catalog::Proxy proxy;        ///< For steps that name none.
};

struct Loaded {
  std::optional<Job> job;                  ///< None if there is any error.
  std::vector<catalog::Problem> problems;  ///< Errors and warnings, in the order of the file.
};

/// Check and resolve the text of a job file. Every problem names line, column and key.
/// `file` is where the text stands. Blocks: on the disk; a CSV or SQLite input is opened for its
/// columns.
Loaded load_job(const std::filesystem::path& file, std::string text, const Overrides& overrides,
                const Surroundings& surroundings);

}  // namespace penstock::job
