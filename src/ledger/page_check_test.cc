// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Bits that flip on the disk are seen, wherever they are.
#include "ledger/page_check.h"

#include <gtest/gtest.h>
#include <penstock/clock.h>

#include <filesystem>

#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

std::uint64_t size_of(const TempRun& run) { return std::filesystem::file_size(run.database()); }

void flip(const TempRun& run, std::uint64_t offset, unsigned bit) {
  auto file = os::File::open(run.database(), os::FileMode::update);
  ASSERT_TRUE(file);
  char byte = 0;
  ASSERT_TRUE(file->read_at(offset, std::span(&byte, 1)));
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
  ASSERT_TRUE(file->write_at(offset, std::string_view(&byte, 1)));
}

/// What a look at everything finds: a kind of error, the first problem, or nothing.
std::string found_by_check(const TempRun& run) {
  auto reader = open_ledger_reader(run.folder());
  if (!reader) return reader.error().kind;
  const auto check = (*reader)->check();
  if (!check) return check.error().kind;
  return check->problems.empty() ? "" : check->problems.front();
}

void fill(TempRun& run) {
  run.open();
  std::vector<Verdict> verdicts;
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    verdicts.push_back(done(i + 1, item(0, i), "{\"n\":" + std::to_string(i) + "}"));
  }
  run.append(std::move(verdicts));
  run.close();
}

TEST(PageCheck, AWholeLedgerIsSound) {
  TempRun run;
  fill(run);
  EXPECT_EQ(found_by_check(run), "");
  EXPECT_GT(size_of(run), 20 * kPageBytes);
}

TEST(PageCheck, EveryFlippedBitIsSeen) {
  TempRun run;
  fill(run);
  Random random(1);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t offset = random.next() % size_of(run);
    const auto bit = static_cast<unsigned>(random.next() % 8);
    flip(run, offset, bit);
    EXPECT_NE(found_by_check(run), "") << "bit " << bit << " of byte " << offset;
    flip(run, offset, bit);
  }
  EXPECT_EQ(found_by_check(run), "");
}

TEST(PageCheck, AFlippedBitIsNeverAnItemThatCountsAsDone) {
  Random random(2);
  TempRun run;
  fill(run);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t offset = random.next() % size_of(run);
    flip(run, offset, 0);
    auto reader = open_ledger_reader(run.folder());
    const auto overview = reader ? (*reader)->overview() : Result<LedgerOverview>(reader.error());
    if (overview) {
      EXPECT_EQ(overview->leaves, 3'000U) << "of what was read, all is right";
    }
    flip(run, offset, 0);
  }
}

TEST(PageCheck, AMisplacedPageIsSeen) {
  TempRun run;
  fill(run);
  std::string page(kPageBytes, '\0');
  auto file = os::File::open(run.database(), os::FileMode::update);
  ASSERT_TRUE(file);
  const std::uint64_t last = size_of(run) - kPageBytes;
  ASSERT_TRUE(file->read_at(last, page));
  ASSERT_TRUE(file->write_at(last - kPageBytes, page));
  EXPECT_NE(found_by_check(run), "");
}

TEST(PageCheck, ACutFileIsSeen) {
  TempRun run;
  fill(run);
  std::filesystem::resize_file(run.database(), size_of(run) - kPageBytes);
  EXPECT_NE(found_by_check(run), "");
}

TEST(PageCheck, TheEngineRefusesToGoOn) {
  TempRun run;
  fill(run);
  for (std::uint64_t page = 1; page * kPageBytes < size_of(run); ++page) {
    flip(run, page * kPageBytes + 100, 3);
  }
  EXPECT_EQ(run.open_error(), "ledger.corrupt");
}

}  // namespace
}  // namespace penstock::ledger
