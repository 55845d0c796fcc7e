// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/file_system.h"

#include <gtest/gtest.h>

namespace penstock::os {
namespace {

TEST(FileSystem, NetworkOnesAreKnownByName) {
  EXPECT_EQ(network_file_system_name(0x6969), "NFS");
  EXPECT_EQ(network_file_system_name(0xFE534D42), "SMB");
  EXPECT_EQ(network_file_system_name(0xEF53), std::nullopt) << "ext4";
  EXPECT_EQ(network_file_system_name(0x01021994), std::nullopt) << "tmpfs";
}

TEST(FileSystem, ProcIsLocal) {
  const auto found = network_file_system("/proc");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, std::nullopt);
}

TEST(FileSystem, AMissingPathIsAnError) {
  EXPECT_FALSE(network_file_system("/proc/there is no such file"));
}

}  // namespace
}  // namespace penstock::os
