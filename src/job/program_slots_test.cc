// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "job/program_slots.h"

#include <gtest/gtest.h>

#include <string>

namespace penstock::job {
namespace {

constexpr const char* kExec = "[[step]]\nname = \"run\"\nexec = [\"tool\", \"{i}\"]\n";
constexpr const char* kHttp = "[[step]]\nname = \"get\"\nhttp = \"https://x.example/{i}\"\n";
constexpr const char* kNoop = "[[step]]\nname = \"not\"\nnoop = true\n";
constexpr const char* kLimit = "[limit.cpu]\nconcurrency = 4\n";
constexpr const char* kBounded = "[[step]]\nname = \"run\"\nexec = [\"tool\"]\nlimit = \"cpu\"\n";

/// Calls in each worker, and the first warning.
std::string slots(const std::string& rest, const Overrides& overrides = {}) {
  Surroundings around;
  around.processors = 2;
  around.variable = [](std::string_view) { return std::optional<std::string>(); };
  const Loaded loaded =
      load_job("j.toml", "[input]\nrange = \"1..9\"\nas = \"i\"\n" + rest, overrides, around);
  if (!loaded.job) return loaded.problems.empty() ? "nothing" : loaded.problems[0].message;
  EXPECT_EQ(loaded.job->plan.concurrency, loaded.job->executor.concurrency);
  const std::string warning = loaded.problems.empty() ? "" : " " + loaded.problems[0].message;
  return std::to_string(loaded.job->plan.concurrency) + warning;
}

TEST(ProgramSlots, OneInEachWorkerIfAllArePrograms) {
  EXPECT_EQ(slots(kExec), "1");
  EXPECT_EQ(slots(std::string(kExec) + kNoop), "1");
  EXPECT_EQ(slots(kNoop), "100");
  EXPECT_EQ(slots(kHttp), "100");
}

TEST(ProgramSlots, WhatIsSaidHolds) {
  EXPECT_EQ(slots(std::string("[workers]\nconcurrency = 7\n") + kExec), "7");
  EXPECT_EQ(slots(std::string("[workers]\nat_once = 7\n") + kExec), "100");
  EXPECT_EQ(slots(std::string(kLimit) + kBounded), "100");
  Overrides overrides;
  overrides.concurrency = 9;
  EXPECT_EQ(slots(kExec, overrides), "9");
}

TEST(ProgramSlots, BesideOtherStepsTheyNeedALimit) {
  EXPECT_EQ(slots(std::string(kHttp) + kExec),
            "100 up to 200 of its programs run at once; give it a limit with a concurrency: "
            "[limit.programs] concurrency = 2");
  EXPECT_EQ(slots(std::string(kLimit) + kHttp + kBounded), "100");
}

}  // namespace
}  // namespace penstock::job
