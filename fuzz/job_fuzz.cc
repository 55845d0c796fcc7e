// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A job file, and a line for the control socket: whatever is written there becomes a job, or
// problems with places inside the text; a request, or a refusal.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "check.h"
#include "cli/control_request.h"
#include "job/job.h"

namespace penstock {
namespace {

void check_job(std::string_view text) {
  const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const job::Loaded loaded =
      job::load_job("/nonexistent/fuzz.toml", std::string(text), {},
                    {.variable = [](std::string_view) { return std::nullopt; }, .processors = 2});
  bool has_errors = false;
  for (const catalog::Problem& problem : loaded.problems) {
    PENSTOCK_ASSERT(!problem.message.empty());
    PENSTOCK_ASSERT(problem.at.line <= lines + 1);
    has_errors = has_errors || problem.severity == catalog::Severity::error;
  }
  PENSTOCK_ASSERT(loaded.job.has_value() == !has_errors);
  if (loaded.job) PENSTOCK_ASSERT(!loaded.job->plan.steps.empty());
}

void check_request(std::string_view text) {
  const auto request = cli::parse_control_request(text);
  if (!request) return;
  const auto again = cli::parse_control_request(cli::to_line(*request));
  PENSTOCK_ASSERT(again && again->wish == request->wish);
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = penstock::fuzz::as_text(bytes, size);
  penstock::check_request(text);
  // Devices and pipes would be opened as inputs; nothing is to be learnt from that.
  if (text.find("/dev") == text.npos && text.find("/proc") == text.npos) penstock::check_job(text);
  return 0;
}
