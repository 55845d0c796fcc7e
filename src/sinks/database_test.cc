// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/database.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "os/temp_folder.h"

namespace penstock::sinks {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  Result<os::TempFolder> folder_ = os::TempFolder::create(std::filesystem::temp_directory_path());
  const std::string path_ = (folder_->path() / "out.db").string();
};

TEST_F(DatabaseTest, BindsAndReads) {
  auto database = Database::open(path_);
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->execute("CREATE TABLE t (a, b, c, d)"));
  auto insert = database->prepare("INSERT INTO t VALUES (?, ?, ?, ?)");
  ASSERT_TRUE(insert);
  insert->bind(1, std::int64_t{-7});
  insert->bind(2, 1.5);
  insert->bind(3, std::string_view("x\0y", 3));
  insert->bind_null(4);
  ASSERT_TRUE(insert->run());
  insert->clear();
  ASSERT_TRUE(insert->run());
  auto select = database->prepare("SELECT a, b, c, d IS NULL, a IS NULL FROM t");
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->integer(0), -7);
  EXPECT_EQ(select->text(1), "1.5");
  EXPECT_EQ(select->text(2), std::string_view("x\0y", 3));
  EXPECT_EQ(select->integer(3), 1);
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->integer(4), 1);
  EXPECT_FALSE(*select->step());
  EXPECT_EQ(**database->integer("SELECT count(*) FROM t"), 2);
  EXPECT_FALSE(*database->integer("SELECT a FROM t WHERE a > 0"));
}

TEST_F(DatabaseTest, IsForItsOwnerAlone) {
  ASSERT_TRUE(Database::open(path_));
  EXPECT_EQ(std::filesystem::status(path_).permissions(), std::filesystem::perms(0600));
}

TEST_F(DatabaseTest, TakesNamesAndTextsAsData) {
  auto database = Database::open(path_);
  const std::string name = "a\"; DROP TABLE t; --";
  ASSERT_TRUE(database->execute("CREATE TABLE t (" + sql_name(name) + ")"));
  ASSERT_TRUE(database->execute("INSERT INTO t VALUES (" + sql_text("it's'); --") + ")"));
  auto select = database->prepare("SELECT " + sql_name(name) + " FROM t");
  ASSERT_TRUE(*select->step());
  EXPECT_EQ(select->text(0), "it's'); --");
}

TEST_F(DatabaseTest, NamesTheFileOfAnError) {
  auto database = Database::open(path_);
  const auto status = database->execute("SELECT * FROM missing");
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find(path_ + ": no such table"), std::string::npos);
}

TEST_F(DatabaseTest, RefusesWhatIsNone) {
  std::ofstream(path_) << std::string(5000, 'x');
  auto database = Database::open(path_);
  const auto kind = database ? database->execute("SELECT * FROM sqlite_schema").error().kind
                             : database.error().kind;
  EXPECT_EQ(kind, "output.foreign");
}

TEST_F(DatabaseTest, FollowsNoLink) {
  std::filesystem::create_symlink(path_ + ".target", path_);
  EXPECT_FALSE(Database::open(path_));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".target"));
}

TEST_F(DatabaseTest, SaysWhenTheDiskIsFull) {
  auto database = Database::open(path_);
  ASSERT_TRUE(database->execute("CREATE TABLE t (a); PRAGMA max_page_count = 3"));
  const auto status = database->execute("INSERT INTO t VALUES (zeroblob(100000))");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::no_space);
  EXPECT_NE(status.error().message.find(path_), std::string::npos);
}

}  // namespace
}  // namespace penstock::sinks
