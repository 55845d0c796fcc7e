// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A folder of files is emptied by its own sink: opened at no record, and synced, it removes what
// records had written that are there no more.
#include "cli/clear_outputs.h"

#include <fmt/format.h>
#include <penstock/ledger_reader.h>

#include <map>

#include "os/file.h"
#include "sinks/database.h"

namespace penstock::cli {
namespace {

using Cursors = std::map<std::string, SinkCursor>;

Status drop_table(const catalog::SinkSpec& spec) {
  PENSTOCK_TRY(state, os::file_state(spec.path));
  if (!state) return ok();
  PENSTOCK_TRY(database, sinks::Database::open(spec.path));
  return database.execute("DROP TABLE IF EXISTS " + sinks::sql_name(spec.table));
}

Status empty_folder(const catalog::SinkSpec& spec, const catalog::SinkResources& resources,
                    const Cursors& cursors) {
  PENSTOCK_TRY(sink, spec.make(resources));
  const auto found = cursors.find(std::string(sink->name()));
  if (found == cursors.end()) return ok();
  PENSTOCK_TRY(opened, sink->open({.inode = found->second.inode}));
  static_cast<void>(opened);
  PENSTOCK_TRY(synced, sink->sync());
  static_cast<void>(synced);
  return ok();
}

/// What the ledger knows of its outputs; nothing if there is none.
Result<Cursors> cursors_of(const RunPlace& place) {
  PENSTOCK_TRY(state, os::file_state(place.ledger_file()));
  if (!state) return Cursors();
  PENSTOCK_TRY(reader, open_ledger_reader(place.folder));
  PENSTOCK_TRY(overview, reader->overview());
  return std::move(overview.sinks);
}

}  // namespace

Status clear_outputs(const job::Job& job, const RunPlace& place) {
  catalog::SinkResources resources{.bodies_folder = place.files_folder().string()};
  for (const engine::PlannedStep& step : job.plan.steps) resources.steps.push_back(step.name);
  for (const catalog::SinkSpec& spec : job.sinks) {
    if (spec.kind == "sqlite") {
      PENSTOCK_CHECK(drop_table(spec));
    } else if (spec.kind == "files") {
      PENSTOCK_TRY(cursors, cursors_of(place));
      PENSTOCK_CHECK(empty_folder(spec, resources, cursors));
    } else if (!spec.path.empty()) {
      PENSTOCK_CHECK(os::remove_file(spec.path));
    }
  }
  return ok();
}

}  // namespace penstock::cli
