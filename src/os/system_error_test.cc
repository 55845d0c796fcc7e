// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/system_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace penstock::os {
namespace {

TEST(SystemError, NamesActionTargetAndReason) {
  const Error error = system_error("open", "/data/a.csv", EACCES);
  EXPECT_EQ(error.message, "open /data/a.csv: Permission denied");
  EXPECT_EQ(error.kind, "system.EACCES");
  EXPECT_EQ(error.code, Errc::system);
}

TEST(SystemError, FullDiskIsNoSpaceWithTheFreeBytes) {
  for (const char* target : {"/tmp", "/tmp/not-created", "not-created"}) {
    const Error error = system_error("write", target, target[1] == 'o' ? EDQUOT : ENOSPC);
    EXPECT_EQ(error.code, Errc::no_space);
    EXPECT_EQ(error.kind, "disk.full");
    EXPECT_NE(error.message.find("bytes free)"), std::string::npos) << error.message;
  }
}

TEST(SystemError, UnknownNumbersStayReadable) {
  const Error error = system_error("poke", "it", 4242);
  EXPECT_EQ(error.message, "poke it: error 4242");
  EXPECT_EQ(error.kind, "system.4242");
}

}  // namespace
}  // namespace penstock::os
