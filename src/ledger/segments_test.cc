// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/segments.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "os/temp_folder.h"

namespace penstock::ledger {
namespace {

class SegmentsTest : public ::testing::Test {
 protected:
  /// A new life: what the table knew is `table_`.
  void open() {
    std::vector<SegmentState> known;
    for (const auto& [number, segment] : table_) known.push_back(segment);
    auto opened = SegmentWriter::open(folder_, known, last_number_);
    ASSERT_TRUE(opened) << opened.error().message;
    writer_.emplace(std::move(*opened));
  }
  Place append(std::uint64_t seq, const std::string& text, Keep keep = Keep::always) {
    const auto place = writer_->append(Seq{seq}, text, keep);
    EXPECT_TRUE(place);
    return *place;
  }
  /// As the transaction does.
  void commit() {
    ASSERT_TRUE(writer_->sync());
    for (const SegmentState& segment : writer_->take_changed()) table_[segment.number] = segment;
    last_number_ = writer_->last_number();
  }
  std::string read(std::uint64_t seq, Place place) {
    SegmentReader reader(folder_);
    const auto text = reader.read(Seq{seq}, place);
    if (!text) return text.error().kind;
    return *text ? **text : "gone";
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    if (!std::filesystem::exists(folder_)) return names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.insert(entry.path().filename());
    }
    return names;
  }
  std::string file(std::uint64_t number) const { return folder_ / segment_name(number); }

  os::TempFolder temp_ = std::move(*os::TempFolder::create(std::filesystem::temp_directory_path()));
  std::filesystem::path folder_ = temp_.path() / "segments";
  std::map<std::uint64_t, SegmentState> table_;
  std::uint64_t last_number_ = 0;
  std::optional<SegmentWriter> writer_;
};

using Names = std::set<std::string>;

TEST_F(SegmentsTest, NothingIsMadeBeforeItIsNeeded) {
  open();
  commit();
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(SegmentsTest, WhatWasWrittenIsReadBack) {
  open();
  const Place one = append(1, "first");
  const Place empty = append(2, "");
  const Place large = append(3, std::string(3'000'000, 'x'));
  commit();
  EXPECT_EQ(read(1, one), "first");
  EXPECT_EQ(read(2, empty), "");
  EXPECT_EQ(read(3, large), std::string(3'000'000, 'x'));
  EXPECT_EQ(files(), Names{"000001.seg"});
  EXPECT_EQ(table_[1].length_bytes, std::filesystem::file_size(file(1)));
  EXPECT_EQ(table_[1].last_seq, 3U);
}

TEST_F(SegmentsTest, ANewLifeGoesOnBehindWhatIsAcknowledged) {
  open();
  const Place one = append(1, "first");
  commit();
  append(2, "lost");
  ASSERT_TRUE(writer_->sync());
  std::ofstream(file(1), std::ios::app) << "torn";
  std::ofstream(file(7), std::ios::app) << "nobody knows it";
  open();
  EXPECT_EQ(std::filesystem::file_size(file(1)), table_[1].length_bytes);
  EXPECT_EQ(files(), Names{"000001.seg"});
  const Place two = append(2, "second");
  commit();
  EXPECT_EQ(read(1, one), "first");
  EXPECT_EQ(read(2, two), "second");
}

TEST_F(SegmentsTest, OtherFilesAreLeftAlone) {
  std::filesystem::create_directory(folder_);
  std::ofstream(folder_ / "notes.txt") << "mine";
  std::ofstream(folder_ / "1.seg") << "mine";
  open();
  EXPECT_EQ(files(), (Names{"1.seg", "notes.txt"}));
}

TEST_F(SegmentsTest, AShorterFileIsDamage) {
  open();
  append(1, "first");
  commit();
  std::filesystem::resize_file(file(1), 10);
  const auto opened = SegmentWriter::open(folder_, {table_[1]}, 1);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, "ledger.corrupt");
}

TEST_F(SegmentsTest, EveryFlippedBitIsSeen) {
  open();
  const Place place = append(1, "first");
  commit();
  const std::uint64_t begin = std::filesystem::file_size(file(1)) - 12 - 5;
  for (std::uint64_t offset = begin; offset < begin + 12 + 5; ++offset) {
    std::fstream bytes(file(1), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(bytes.get());
    bytes.seekp(static_cast<std::streamoff>(offset));
    bytes.put(static_cast<char>(byte ^ 0x40));
    bytes.flush();
    EXPECT_EQ(read(1, place), "ledger.corrupt") << offset;
    bytes.seekp(static_cast<std::streamoff>(offset));
    bytes.put(byte);
  }
  EXPECT_EQ(read(1, place), "first");
  EXPECT_EQ(read(2, place), "ledger.corrupt") << "the output of another verdict";
}

TEST_F(SegmentsTest, PassingOutputsGoWhenTheyAreRendered) {
  open();
  append(1, "kept");
  const Place two = append(2, "two", Keep::until_rendered);
  commit();
  append(3, "three", Keep::until_rendered);
  commit();
  EXPECT_TRUE(writer_->has_passing());
  EXPECT_TRUE(writer_->take_rendered(2).empty()) << "3 stands in it";
  EXPECT_EQ(read(2, two), "two");
  const auto rendered = writer_->take_rendered(3);
  ASSERT_EQ(rendered.size(), 1U);
  ASSERT_TRUE(writer_->remove(rendered[0]));
  EXPECT_EQ(read(2, two), "gone");
  EXPECT_EQ(files(), Names{"000001.seg"});
  EXPECT_FALSE(writer_->has_passing());

  const Place four = append(4, "four", Keep::until_rendered);
  commit();
  EXPECT_EQ(read(4, four), "four");
  EXPECT_EQ(files(), (Names{"000001.seg", "000003.seg"})) << "numbers are not used twice";
}

TEST_F(SegmentsTest, ThePlaceOfAnOutputThatIsGoneNeverNamesAnother) {
  open();
  const Place passing = append(1, "one", Keep::until_rendered);
  commit();
  for (const std::uint64_t number : writer_->take_rendered(1)) {
    table_.erase(number);
    ASSERT_TRUE(writer_->remove(number));
  }
  open();
  append(2, "two");
  commit();
  EXPECT_EQ(read(1, passing), "gone");
}

TEST_F(SegmentsTest, PassingOutputsOfAnEarlierLifeGoToo) {
  open();
  append(1, "one", Keep::until_rendered);
  commit();
  open();
  EXPECT_TRUE(writer_->has_passing());
  append(2, "two", Keep::until_rendered);
  commit();
  EXPECT_EQ(writer_->take_rendered(1), std::vector<std::uint64_t>{1});
  EXPECT_EQ(writer_->take_rendered(2), std::vector<std::uint64_t>{2});
}

}  // namespace
}  // namespace penstock::ledger
