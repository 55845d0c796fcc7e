// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/loaded_code.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <string>

namespace penstock::os {
namespace {

/// Pages of files that this process has in memory, in KiB.
long file_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "RssFile:" && status >> kib) return kib;
  }
  return std::numeric_limits<long>::max();
}

TEST(LoadedCode, GoesAndComesBackWhenItIsCalled) {
  const long before = file_kib();
  EXPECT_GT(let_go_of_code(), 0U);
  EXPECT_LT(file_kib(), before);
  EXPECT_GT(let_go_of_code(), 0U) << "everything still runs";
}

}  // namespace
}  // namespace penstock::os
