// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A snapshot for machines: one JSON object on one line. The members are a promise
// (docs/manual/commands.md, "Events"): added to, never renamed.
#pragma once

#include <penstock/progress.h>

#include <string>
#include <string_view>

namespace penstock::report {

/// {"event":"progress","state":"running","elapsed_s":1.5,"items":{...},...} without a line break.
/// `event` is "progress" while the run goes on and "end" for the last one.
std::string json_event(std::string_view event, const Snapshot& snapshot);

/// The name of a state in events: "running".
std::string_view to_string(RunState state) noexcept;

}  // namespace penstock::report
