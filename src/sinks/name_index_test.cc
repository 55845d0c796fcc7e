// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/name_index.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "os/temp_folder.h"

namespace penstock::sinks {
namespace {

class NameIndexTest : public ::testing::Test {
 protected:
  NameIndex open() const {
    auto index = NameIndex::open((folder_->path() / "names.db").string());
    EXPECT_TRUE(index);
    return std::move(*index);
  }

  static std::string path_of(NameIndex& index, const std::string& key) {
    const auto entry = index.find(key);
    EXPECT_TRUE(entry);
    return *entry ? (*entry)->wanted + ">" + (*entry)->path : "";
  }

  Result<os::TempFolder> folder_ = os::TempFolder::create(std::filesystem::temp_directory_path());
};

TEST_F(NameIndexTest, KeepsWhatIsCommitted) {
  {
    NameIndex index = open();
    ASSERT_TRUE(index.begin_generation(0));
    ASSERT_TRUE(index.put("1", {"a", "a"}));
    ASSERT_TRUE(index.put("2", {"a", "a-2"}));
    index.reach(2);
    ASSERT_TRUE(index.commit());
    ASSERT_TRUE(index.put("3", {"b", "b"}));
    EXPECT_TRUE(*index.is_taken("b"));
  }
  NameIndex index = open();
  EXPECT_EQ(path_of(index, "1"), "a>a");
  EXPECT_EQ(path_of(index, "2"), "a>a-2");
  EXPECT_EQ(path_of(index, "3"), "");
  EXPECT_FALSE(*index.is_taken("b"));
  EXPECT_EQ(index.state().seq, 2U);
  EXPECT_NE(index.state().token, 0U);
}

TEST_F(NameIndexTest, ReplacesAndForgets) {
  NameIndex index = open();
  ASSERT_TRUE(index.put("1", {"a", "a"}));
  ASSERT_TRUE(index.put("1", {"b", "b"}));
  EXPECT_EQ(path_of(index, "1"), "b>b");
  EXPECT_FALSE(*index.is_taken("a"));
  ASSERT_TRUE(index.remove("1"));
  EXPECT_EQ(path_of(index, "1"), "");
  EXPECT_FALSE(*index.has_files());
}

TEST_F(NameIndexTest, GivesNoPathTwice) {
  NameIndex index = open();
  ASSERT_TRUE(index.put("1", {"a", "a"}));
  EXPECT_FALSE(index.put("2", {"a", "a"}));
  EXPECT_EQ(path_of(index, "1"), "a>a");
}

TEST_F(NameIndexTest, KnowsWhatWasNotWrittenAnew) {
  NameIndex index = open();
  for (int i = 0; i < 1500; ++i) {
    const std::string n = std::to_string(i);
    ASSERT_TRUE(index.put(n, {n, n}));
  }
  index.reach(1500);
  ASSERT_TRUE(index.commit());
  ASSERT_TRUE(index.begin_generation(77));
  EXPECT_EQ(index.state().seq, 0U);
  EXPECT_EQ(index.state().token, 77U);
  ASSERT_TRUE(index.put("7", {"7", "7"}));
  EXPECT_EQ(index.take_older()->size(), 1000U);
  EXPECT_EQ(index.take_older()->size(), 499U);
  EXPECT_TRUE(index.take_older()->empty());
  EXPECT_EQ(path_of(index, "7"), "7>7");
  EXPECT_EQ(path_of(index, "8"), "");
}

}  // namespace
}  // namespace penstock::sinks
