// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sources/spool.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "sources/reading.h"

namespace penstock::sources {
namespace {

class SpoolTest : public ::testing::Test {
 protected:
  // A spool of these payloads; an empty one is the pipe's end.
  void write(const std::vector<std::string>& payloads) const {
    auto spool = Spool::open(path());
    ASSERT_TRUE(spool);
    ASSERT_FALSE(spool->has_frames());
    for (const std::string& payload : payloads) ASSERT_TRUE(spool->append(payload));
    ASSERT_TRUE(spool->sync());
  }

  // [payload] by frame, $ for the pipe's end, nothing for a spool that was begun anew.
  std::string read() const {
    auto spool = Spool::open(path());
    if (!spool) return "!" + spool.error().kind;
    std::string text;
    std::uint64_t offset = spool->first_offset();
    while (spool->has_frames()) {
      auto frame = spool->read(offset);
      EXPECT_TRUE(frame);
      if (!*frame) break;
      text += (*frame)->payload.empty() ? "$" : "[" + (*frame)->payload + "]";
      offset = (*frame)->next;
    }
    return text;
  }

  std::string bytes() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string path() const { return inputs_.path("stdin.spool"); }

  Inputs inputs_;
};

TEST_F(SpoolTest, GivesBackWhatWasAppended) {
  write({"ab", std::string(65536, 'x'), "c", ""});
  EXPECT_EQ(read(), "[ab][" + std::string(65536, 'x') + "][c]$");
}

TEST_F(SpoolTest, IsBegunAnewWithoutAFrame) {
  write({});
  EXPECT_EQ(read(), "");
  write({"a"});
  EXPECT_EQ(read(), "[a]");
}

TEST_F(SpoolTest, BeginsWithItsMagic) {
  write({""});
  EXPECT_EQ(bytes().substr(0, 20), std::string("penstock spool1\n\0\0\0\0", 20));
  EXPECT_EQ(bytes().size(), 28U);
}

TEST_F(SpoolTest, EndsAtACut) {
  write({"ab", "cd", ""});
  const std::string all = bytes();
  for (std::size_t size = 0; size < all.size(); ++size) {
    inputs_.write("stdin.spool", all.substr(0, size));
    const std::string text = read();
    EXPECT_EQ(text, size < 30 ? "" : size < 44 ? "[ab]" : "[ab][cd]") << size;
  }
}

TEST_F(SpoolTest, EndsAtAChangedByte) {
  write({"ab", "cd", ""});
  const std::string all = bytes();
  for (std::size_t at = 16; at < all.size(); ++at) {
    std::string changed = all;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    inputs_.write("stdin.spool", changed);
    EXPECT_EQ(read(), at < 30 ? "" : at < 44 ? "[ab]" : "[ab][cd]") << at;
  }
}

TEST_F(SpoolTest, TakesNoZerosForAFrame) {
  write({"ab"});
  inputs_.write("stdin.spool", bytes() + std::string(100, '\0'));
  EXPECT_EQ(read(), "[ab]");
}

TEST_F(SpoolTest, TakesNoBlockFromElsewhereForAFrame) {
  write({"ab"});
  inputs_.write("stdin.spool", bytes() + bytes().substr(16));
  EXPECT_EQ(read(), "[ab]");
}

TEST_F(SpoolTest, RefusesAFileThatIsNone) {
  inputs_.write("stdin.spool", "something else that someone wrote");
  EXPECT_EQ(read(), "!input.spool");
  EXPECT_EQ(bytes(), "something else that someone wrote");
}

}  // namespace
}  // namespace penstock::sources
