// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Commands are named in the order in which most people want them.
#include "cli/closing.h"

#include <fmt/format.h>

namespace penstock::cli {
namespace {

using engine::StopReason;

std::string outcome_words(const engine::Summary& summary, InputState input) {
  const std::string why = summary.why.empty() ? "" : ": " + summary.why;
  switch (summary.reason) {
    case StopReason::interrupted:
      return "interrupted" + why;
    case StopReason::failures:
      return "stopped, too many failures" + why;
    case StopReason::parked:
      return "parked" + why;
    case StopReason::finished:
      break;
  }
  if (input == InputState::incomplete)
    return "input incomplete: all that was saved of it is done; the rest of the pipe was lost";
  return summary.snapshot.items.failed > 0 ? "complete, with failures" : "complete";
}

report::Colour colour_of(ExitCode code) {
  switch (code) {
    case ExitCode::done:
      return report::Colour::good;
    case ExitCode::items_failed:
    case ExitCode::interrupted:
      return report::Colour::warn;
    default:
      return report::Colour::bad;
  }
}

/// A word that a shell reads as one.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+:@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

ExitCode exit_code_of(const engine::Summary& summary, InputState input) noexcept {
  switch (summary.reason) {
    case StopReason::interrupted:
      return ExitCode::interrupted;
    case StopReason::failures:
      return ExitCode::stopped;
    case StopReason::parked:
      return ExitCode::parked;
    case StopReason::finished:
      break;
  }
  if (input == InputState::incomplete) return ExitCode::input_incomplete;
  return summary.snapshot.items.failed > 0 ? ExitCode::items_failed : ExitCode::done;
}

report::Closing closing_of(const engine::Summary& summary, InputState input, const job::Job& job,
                           const std::string& job_file, const RunPlace& place) {
  report::Closing closing{.run = place.name, .outcome = outcome_words(summary, input)};
  closing.colour = colour_of(exit_code_of(summary, input));
  for (const catalog::SinkSpec& sink : job.sinks) closing.outputs.push_back(sink.shown);
  const std::string run = shell_word(place.name);
  if (summary.reason != StopReason::finished)
    closing.commands.push_back("penstock run " + shell_word(job_file) + "   goes on from here");
  if (summary.snapshot.items.failed > 0) {
    closing.commands.push_back("penstock errors " + run + "   what failed, and why");
    closing.commands.push_back("penstock retry " + run + "   try the failed ones again");
  }
  closing.commands.push_back("penstock results " + run + "   show what came out");
  return closing;
}

}  // namespace penstock::cli
