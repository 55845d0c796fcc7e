// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "os/disk_sort.h"

#include <gtest/gtest.h>
#include <penstock/clock.h>

#include <algorithm>
#include <filesystem>

#include "os/temp_folder.h"

namespace penstock::os {
namespace {

using Record = DiskSort::Record;

std::vector<Record> numbers(std::size_t count, std::uint64_t below) {
  Random random(count);
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back({random.next() % below, 7, i, ~i, 9});
  return records;
}

/// The records come out sorted, with `memory_records` in memory.
void check(std::vector<Record> records, std::size_t memory_records) {
  const auto folder = TempFolder::create(std::filesystem::temp_directory_path());
  ASSERT_TRUE(folder);
  DiskSort sort(folder->path() / "sort.tmp", memory_records * sizeof(Record));
  for (const Record& record : records) ASSERT_TRUE(sort.add(record));
  EXPECT_EQ(sort.size(), records.size());
  EXPECT_TRUE(std::filesystem::is_empty(folder->path())) << "nothing that a crash could leave";
  ASSERT_TRUE(sort.finish());
  std::sort(records.begin(), records.end());
  for (const Record& expected : records) {
    const auto next = sort.next();
    ASSERT_TRUE(next && *next);
    ASSERT_EQ(**next, expected);
  }
  EXPECT_FALSE(*sort.next());
  EXPECT_FALSE(*sort.next());
}

TEST(DiskSort, NothingIsSorted) { check({}, 10); }
TEST(DiskSort, InMemory) { check(numbers(99, 1'000), 100); }
TEST(DiskSort, InRuns) { check(numbers(1'000, 1'000'000), 64); }
TEST(DiskSort, WordsOfAnySize) { check(numbers(1'000, UINT64_MAX), 500); }
TEST(DiskSort, MostlyEqualOnes) { check(numbers(1'000, 3), 500); }
TEST(DiskSort, WholeRunsOnly) { check(numbers(128, 1'000'000), 64); }
TEST(DiskSort, EqualOnes) { check(numbers(1'000, 2), 64); }
TEST(DiskSort, MoreRunsThanAreMergedAtOnce) { check(numbers(3'000, 1'000'000), 4); }
TEST(DiskSort, HardlyAnyMemory) { check(numbers(100, 1'000), 0); }

TEST(DiskSort, AMissingFolderIsAnError) {
  DiskSort sort("/proc/there is no such folder/sort.tmp", 0);
  ASSERT_TRUE(sort.add({}));
  EXPECT_FALSE(sort.add({}));
}

}  // namespace
}  // namespace penstock::os
