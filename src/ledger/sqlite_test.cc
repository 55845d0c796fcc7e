// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "ledger/sqlite.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/fingerprint.h"
#include "os/temp_folder.h"

namespace penstock::ledger {
namespace {

class SqliteTest : public ::testing::Test {
 protected:
  Database open(Access access = Access::create) {
    auto opened = Database::open(path_, access);
    EXPECT_TRUE(opened) << opened.error().message;
    return std::move(*opened);
  }
  os::TempFolder temp_ = std::move(*os::TempFolder::create(std::filesystem::temp_directory_path()));
  std::filesystem::path path_ = temp_.path() / "a#b?c%d.db";
};

TEST_F(SqliteTest, ValuesComeBackAsTheyWent) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t(a, b, c, d, e)"));
  Statement insert = std::move(*database.prepare("INSERT INTO t VALUES(?, ?, ?, ?, ?)"));
  const std::string text("a\0b\xff", 4);
  insert.bind(1, std::int64_t{-5}).bind(2, text).bind(3, std::string_view()).bind_text(4, "");
  ASSERT_TRUE(insert.bind(5, fingerprint("x")).run());
  Statement row = std::move(*database.prepare("SELECT a, b, c, d, e FROM t"));
  ASSERT_TRUE(*row.step());
  EXPECT_EQ(row.integer(0), -5);
  EXPECT_EQ(row.text(1), text);
  EXPECT_TRUE(row.is_null(2));
  EXPECT_FALSE(row.is_null(3));
  EXPECT_EQ(row.text(3), "");
  EXPECT_EQ(row.fingerprint(4), fingerprint("x"));
  EXPECT_EQ(row.fingerprint(1), Fingerprint{}) << "no 16 bytes";
  EXPECT_FALSE(*row.step());
}

TEST_F(SqliteTest, NullAndValueReplaceEachOther) {
  Database database = open();
  Statement both = std::move(*database.prepare("SELECT ?1 IS NULL, ?2 IS NULL"));
  const auto nulls = [&] {
    EXPECT_TRUE(*both.step());
    const auto seen = std::pair(both.integer(0), both.integer(1));
    both.reset();
    return seen;
  };
  EXPECT_EQ(nulls(), std::pair(std::int64_t{1}, std::int64_t{1})) << "never bound";
  both.bind_text(1, "x").bind(2, std::int64_t{7});
  EXPECT_EQ(nulls(), std::pair(std::int64_t{0}, std::int64_t{0}));
  both.bind_null(1).bind(2, std::string_view());
  EXPECT_EQ(nulls(), std::pair(std::int64_t{1}, std::int64_t{1}));
  both.bind_blob(1, "x").bind(2, fingerprint("x"));
  EXPECT_EQ(nulls(), std::pair(std::int64_t{0}, std::int64_t{0}));
}

TEST_F(SqliteTest, AStatementIsReadyAgainAfterAnError) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t(a INTEGER PRIMARY KEY)"));
  Statement insert = std::move(*database.prepare("INSERT INTO t VALUES(?)"));
  ASSERT_TRUE(insert.bind(1, std::uint64_t{1}).run());
  EXPECT_FALSE(insert.bind(1, std::uint64_t{1}).run());
  EXPECT_TRUE(insert.bind(1, std::uint64_t{2}).run());
}

TEST_F(SqliteTest, ErrorsSayWhatToDo) {
  Database database = open();
  const auto kind = [&](int outcome) { return sqlite_error(database.get(), outcome); };
  EXPECT_EQ(kind(SQLITE_FULL).code, Errc::no_space);
  EXPECT_NE(kind(SQLITE_FULL).message.find("bytes free"), std::string::npos);
  EXPECT_EQ(kind(SQLITE_CORRUPT_INDEX).code, Errc::corrupt);
  EXPECT_EQ(kind(SQLITE_IOERR_DATA).code, Errc::corrupt);
  EXPECT_EQ(kind(SQLITE_NOTADB).kind, "ledger.foreign");
  EXPECT_EQ(kind(SQLITE_IOERR_FSYNC).code, Errc::system);
  EXPECT_EQ(kind(SQLITE_BUSY).code, Errc::system);
  EXPECT_NE(kind(SQLITE_BUSY).message.find(path_.native()), std::string::npos);
}

TEST_F(SqliteTest, SchemasOfOthersCallNoFunctions) {
  Database database = open();
  ASSERT_TRUE(database.execute("CREATE TABLE t(a); CREATE VIEW v AS SELECT load_extension('x')"));
  EXPECT_FALSE(database.query_integer("SELECT * FROM v"));
  EXPECT_FALSE(database.execute("SELECT load_extension('x')"));
  EXPECT_FALSE(database.execute("PRAGMA writable_schema = 1; DELETE FROM sqlite_schema"));
}

TEST_F(SqliteTest, AReaderWritesNothing) {
  { ASSERT_TRUE(open().execute("CREATE TABLE t(a)")); }
  Database database = open(Access::read);
  EXPECT_FALSE(database.execute("INSERT INTO t VALUES(1)"));
  Database frozen = open(Access::read_immutable);
  EXPECT_EQ(*frozen.query_integer("SELECT count(*) FROM t"), 0);
}

TEST_F(SqliteTest, AMissingFileIsAnError) {
  EXPECT_FALSE(Database::open(path_, Access::read));
  EXPECT_FALSE(Database::open(path_, Access::write));
}

TEST_F(SqliteTest, ALinkIsNotFollowed) {
  { ASSERT_TRUE(open().execute("CREATE TABLE t(a)")); }
  std::filesystem::create_symlink(path_, temp_.path() / "link.db");
  EXPECT_FALSE(Database::open(temp_.path() / "link.db", Access::write));
}

TEST_F(SqliteTest, ASnapshotSeesOneMoment) {
  Database writer = open();
  ASSERT_TRUE(writer.execute("PRAGMA journal_mode = WAL; CREATE TABLE t(a)"));
  Database reader = open(Access::read);
  const auto count = [&] { return *reader.query_integer("SELECT count(*) FROM t"); };
  {
    const auto snapshot = Snapshot::begin(reader);
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(count(), 0);
    ASSERT_TRUE(writer.execute("INSERT INTO t VALUES(1)"));
    EXPECT_EQ(count(), 0);
  }
  EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace penstock::ledger
