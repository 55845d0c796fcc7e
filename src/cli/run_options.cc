// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One text for each option, wherever it stands.
#include "cli/run_options.h"

namespace penstock::cli {

std::vector<Option> plan_options() {
  return {{"--limit", "-n", "N",
           "Only the first N items of the input. A later run without it goes on behind them."},
          {"--workers", "-w", "N", "Worker processes, instead of [workers] processes."},
          {"--concurrency", "-c", "N",
           "Calls in flight in each worker, instead of [workers] concurrency."},
          {"--at-once", "", "N", "Calls in flight over all workers together."},
          {"--distribute",
           "",
           "HOW",
           "static: each worker gets one range of the input, equally long, the last with the rest, "
           "and what comes of it. dynamic, unless said: whoever is free.",
           Completes::words,
           {"dynamic", "static"}},
          {"--rate", "-r", "RATE",
           "One more limit over all steps and workers together, such as 100/s, 500/min or \"2/s "
           "per host\"."},
          {"--keep-order", "-k", "",
           "Write results in the order of the input. They then wait for the slowest before them."},
          {"--keep-going", "", "", "Never stop for failures, whatever the job says."},
          {"--stop-after-failures", "", "N|P%",
           "Stop once N items, or P percent of at least 20, have failed. Exit code 3."}};
}

std::vector<Option> display_options() {
  return {{"--json", "", "",
           "Progress as one JSON object a line on standard error: events progress, message, end."},
          {"--quiet", "-q", "", "No progress; only what went wrong."}};
}

Result<job::Overrides> read_overrides(const Arguments& arguments) {
  job::Overrides overrides;
  PENSTOCK_TRY(items, arguments.whole("--limit", 1, UINT64_MAX));
  PENSTOCK_TRY(workers, arguments.whole("--workers", 1, 1024));
  PENSTOCK_TRY(concurrency, arguments.whole("--concurrency", 1, 100'000));
  PENSTOCK_TRY(at_once, arguments.whole("--at-once", 1, 1'000'000));
  overrides.items_max = items.value_or(0);
  overrides.workers = workers;
  overrides.concurrency = concurrency;
  overrides.at_once = at_once;
  overrides.distribute = arguments.text("--distribute");
  overrides.rate = arguments.text("--rate");
  overrides.keep_order = arguments.has("--keep-order");
  overrides.failures = arguments.text("--stop-after-failures");
  if (!arguments.has("--keep-going")) return overrides;
  if (overrides.failures)
    return Error{Errc::invalid, "--keep-going and --stop-after-failures contradict each other",
                 "usage"};
  overrides.failures = "none";
  return overrides;
}

DisplayMode display_mode(const Arguments& arguments, const Console& console) {
  if (arguments.has("--json")) return DisplayMode::events;
  if (arguments.has("--quiet")) return DisplayMode::quiet;
  return console.err_is_terminal() ? DisplayMode::living : DisplayMode::plain;
}

}  // namespace penstock::cli
