// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/closing.h"

#include <gtest/gtest.h>

namespace penstock::cli {
namespace {

using engine::StopReason;
using engine::Summary;

Summary ended(StopReason reason, std::int64_t failed) {
  Summary summary{.reason = reason, .why = reason == StopReason::finished ? "" : "because"};
  summary.snapshot.items.failed = failed;
  return summary;
}

TEST(Closing, TheCodeIsOfWhatWeighsMost) {
  using enum InputState;
  EXPECT_EQ(exit_code_of(ended(StopReason::finished, 0), complete), ExitCode::done);
  EXPECT_EQ(exit_code_of(ended(StopReason::finished, 1), complete), ExitCode::items_failed);
  EXPECT_EQ(exit_code_of(ended(StopReason::finished, 1), incomplete), ExitCode::input_incomplete);
  EXPECT_EQ(exit_code_of(ended(StopReason::interrupted, 1), complete), ExitCode::interrupted);
  EXPECT_EQ(exit_code_of(ended(StopReason::failures, 1), complete), ExitCode::stopped);
  EXPECT_EQ(exit_code_of(ended(StopReason::parked, 0), complete), ExitCode::parked);
}

TEST(Closing, CommandsCanBeCopied) {
  const job::Job job;
  const auto closing = closing_of(ended(StopReason::interrupted, 2), InputState::complete, job,
                                  "my job's.toml", {"/x/my job's.run", "my job's"});
  EXPECT_EQ(closing.outcome, "interrupted: because");
  ASSERT_EQ(closing.commands.size(), 4U);
  EXPECT_EQ(closing.commands[0], "penstock run 'my job'\\''s.toml'   goes on from here");
  EXPECT_EQ(closing.commands[2], "penstock retry 'my job'\\''s'   try the failed ones again");
}

}  // namespace
}  // namespace penstock::cli
