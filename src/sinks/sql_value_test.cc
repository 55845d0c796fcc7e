// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/sql_value.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "os/temp_folder.h"

namespace penstock::sinks {
namespace {

class SqlValueTest : public ::testing::Test {
 protected:
  // "type value" as SQLite has it.
  std::string bound(std::string_view json) {
    auto select = database_->prepare("SELECT typeof(?1) || ' ' || quote(?1)");
    EXPECT_TRUE(select);
    bind_json(*select, 1, json);
    EXPECT_TRUE(*select->step());
    return std::string(select->text(0));
  }

  Result<os::TempFolder> folder_ = os::TempFolder::create(std::filesystem::temp_directory_path());
  Result<Database> database_ = Database::open((folder_->path() / "x.db").string());
};

TEST_F(SqlValueTest, HasTheTypesOfSqlite) {
  EXPECT_EQ(bound("null"), "null NULL");
  EXPECT_EQ(bound("true"), "integer 1");
  EXPECT_EQ(bound("false"), "integer 0");
  EXPECT_EQ(bound("-12"), "integer -12");
  EXPECT_EQ(bound("9223372036854775807"), "integer 9223372036854775807");
  EXPECT_EQ(bound("1.50"), "real 1.5");
  EXPECT_EQ(bound("-2e3"), "real -2000.0");
  EXPECT_EQ(bound("\"it's\\n\""), "text 'it''s\n'");
  EXPECT_EQ(bound("\"\""), "text ''");
}

TEST_F(SqlValueTest, LosesNoDigit) {
  EXPECT_EQ(bound("9223372036854775808"), "text '9223372036854775808'");
  EXPECT_EQ(bound("0.1234567890123456789"), "text '0.1234567890123456789'");
  EXPECT_EQ(bound("1e999"), "text '1e999'");
}

TEST_F(SqlValueTest, KeepsJsonAsText) {
  EXPECT_EQ(bound("[1,\"x\"]"), "text '[1,\"x\"]'");
  EXPECT_EQ(bound("{\"a\":1}"), "text '{\"a\":1}'");
}

}  // namespace
}  // namespace penstock::sinks
