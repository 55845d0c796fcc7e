// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/sqlite_table.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "sinks/crashes.h"

namespace penstock::sinks {
namespace {

class SqliteTableTest : public ::testing::Test {
 protected:
  SqliteTable make(const std::vector<Column>& columns = {}) {
    auto set = ColumnSet::make(columns, {"page"}, {"more"});
    EXPECT_TRUE(set);
    return SqliteTable(*database_, "results", std::move(*set));
  }

  void write(SqliteTable& table, const Row& row) {
    const auto status = table.write(row.record(1));
    EXPECT_TRUE(status) << status.error().message;
  }

  // The columns of the table.
  std::string columns() { return all("SELECT name FROM pragma_table_info('results')"); }

  std::string all(const std::string& sql) {
    auto rows = database_->prepare(sql);
    EXPECT_TRUE(rows);
    std::string text;
    while (*rows->step()) text += (text.empty() ? "" : " ") + std::string(rows->text(0));
    return text;
  }

  Result<os::TempFolder> folder_ = os::TempFolder::create(std::filesystem::temp_directory_path());
  Result<Database> database_ = Database::open((folder_->path() / "x.db").string());
};

TEST_F(SqliteTableTest, HasAColumnForEveryField) {
  SqliteTable table = make();
  EXPECT_FALSE(*table.exists());
  write(table, {.key = "1", .value = R"({"term":"a","n":1.5})", .output = R"({"x":1})"});
  EXPECT_TRUE(*table.exists());
  EXPECT_EQ(columns(), "key parent status kind error attempts term n page more");
  EXPECT_EQ(all("SELECT term || n || page || status FROM results"), "a1.5{\"x\":1}ok");
}

TEST_F(SqliteTableTest, GrowsWithNewFields) {
  SqliteTable table = make();
  write(table, {.key = "1", .value = R"({"a":1})"});
  write(table, {.key = "2", .value = R"({"b":2,"a":3})"});
  SqliteTable again = make();
  write(again, {.key = "3", .value = R"({"c":4})"});
  EXPECT_EQ(columns(), "key parent status kind error attempts a page more b c");
  EXPECT_EQ(all("SELECT key || ':' || quote(a) || quote(b) || quote(c) FROM results"),
            "1:1NULLNULL 2:32NULL 3:NULLNULL4");
}

TEST_F(SqliteTableTest, PutsIntoMoreWhatCanBeNoColumn) {
  SqliteTable table = make();
  write(table, {.key = "1", .value = R"({"Name":1,"name":2,"":3,"a\u0000b":4})"});
  EXPECT_EQ(columns(), "key parent status kind error attempts Name page more");
  EXPECT_EQ(all("SELECT more FROM results"), R"({"name":2,"":3,"a\u0000b":4})");
}

TEST_F(SqliteTableTest, TakesOnlySoManyColumns) {
  SqliteTable table = make();
  std::string value = "{";
  for (int i = 0; i < 2000; ++i) value += (i > 0 ? ",\"f" : "\"f") + std::to_string(i) + "\":1";
  write(table, {.key = "1", .value = value + "}"});
  EXPECT_LE(std::stoul(all("SELECT count(*) FROM pragma_table_info('results')")),
            SqliteTable::kColumnsMax + 1);
  EXPECT_EQ(all("SELECT json_extract(more, '$.f1999') FROM results"), "1");
}

TEST_F(SqliteTableTest, HasOneRowForAKey) {
  SqliteTable table = make();
  write(table, {.key = "1", .value = R"({"a":1,"b":1})", .status = ItemStatus::failed});
  write(table, {.key = "1", .value = R"({"a":2})"});
  EXPECT_EQ(all("SELECT a || quote(b) || status FROM results"), "2NULLok");
}

TEST_F(SqliteTableTest, KeepsTheRowOfTheFirstItemWithAKey) {
  SqliteTable table = make({{"key", "{key}"}, {"a", "{a}"}, {"kind", "{kind}"}});
  const Row second{.key = "x",
                   .value = R"({"a":2})",
                   .status = ItemStatus::skipped,
                   .kind = "input.duplicate_key"};
  write(table, {.key = "x", .value = R"({"a":1})"});
  write(table, second);
  EXPECT_EQ(all("SELECT a || quote(kind) FROM results"), "1NULL");
}

TEST_F(SqliteTableTest, TakesItemTextAsData) {
  SqliteTable table = make();
  write(table, {.key = "'; DROP TABLE results; --", .value = R"({"\"); --":"'x'"})"});
  EXPECT_EQ(all("SELECT key FROM results"), "'; DROP TABLE results; --");
  EXPECT_EQ(all("SELECT \"\"\"); --\" FROM results"), "'x'");
}

}  // namespace
}  // namespace penstock::sinks
