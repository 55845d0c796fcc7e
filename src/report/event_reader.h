// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The other way: a snapshot out of the JSON that json_event.h writes, for whoever watches a run
// from another process.
#pragma once

#include <penstock/error.h>
#include <penstock/progress.h>

#include "core/json.h"

namespace penstock::report {

/// The snapshot of an event. Members that are absent or of another kind keep their defaults, so
/// that older and newer programs understand each other.
Snapshot read_snapshot(json::Node event);

}  // namespace penstock::report
