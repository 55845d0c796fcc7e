// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/sources.h>
#include <sqlite3.h>

#include "sources/reading.h"

namespace penstock {
namespace {

using namespace sources;

class SqliteQueryTest : public ::testing::Test {
 protected:
  void run(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  std::string check(const std::string& query, const std::string& key = "") const {
    return read_back(
        [&] { return open_sqlite_query({.file = file(), .query = query, .key = key}); }, inputs_);
  }

  std::string refusal(const std::string& query, const std::string& key = "") const {
    const auto source = open_sqlite_query({.file = file(), .query = query, .key = key});
    return source ? "" : source.error().kind;
  }

  std::string file() const { return inputs_.path("books.db"); }

  Inputs inputs_;
};

TEST_F(SqliteQueryTest, GivesOneItemARow) {
  run("CREATE TABLE book(id, title); INSERT INTO book VALUES (2, 'b'), (1, 'a')");
  EXPECT_EQ(check("SELECT * FROM book ORDER BY id;"),
            "{\"id\":1,\"title\":\"a\"}\n{\"id\":2,\"title\":\"b\"}\n");
}

TEST_F(SqliteQueryTest, KeepsTheTypes) {
  run("");
  EXPECT_EQ(check("SELECT -9223372036854775808 AS i, 0.1 AS r, 1e999 AS big, NULL AS n, "
                  "x'00FF' AS b, 'a\"b' AS t, CAST(x'610062' AS TEXT) AS z"),
            "{\"i\":-9223372036854775808,\"r\":0.1,\"big\":\"Infinity\",\"n\":null,\"b\":\"AP8=\","
            "\"t\":\"a\\\"b\",\"z\":\"a\\u0000b\"}\n");
}

TEST_F(SqliteQueryTest, SetsAsideTextThatIsNotUtf8) {
  run("CREATE TABLE t(a); INSERT INTO t VALUES (CAST(x'FF' AS TEXT)), ('ok')");
  EXPECT_EQ(check("SELECT a FROM t"),
            "{\"a\":\"\xEF\xBF\xBD\"} !input.encoding: books.db:1: column 'a' is not valid UTF-8\n"
            "{\"a\":\"ok\"}\n");
}

TEST_F(SqliteQueryTest, SetsAsideAValueThatIsTooLong) {
  run("");
  EXPECT_EQ(check("SELECT 1 AS a, zeroblob(16777217) AS b"),
            "{\"a\":1} !input.too_long: books.db:1: column 'b' has over 16 MiB\n");
}

TEST_F(SqliteQueryTest, TakesAColumnAsKey) {
  run("CREATE TABLE t(id); INSERT INTO t VALUES (7), ('x'), (NULL), (x'FF')");
  EXPECT_EQ(check("SELECT id FROM t", "id"),
            "{\"id\":7} #7\n{\"id\":\"x\"} #x\n"
            "{\"id\":null} !input.key: books.db:3: no value for the key 'id'\n"
            "{\"id\":\"/w==\"} #/w==\n");
}

TEST_F(SqliteQueryTest, ReadsOnly) {
  run("CREATE TABLE t(a)");
  EXPECT_EQ(refusal("INSERT INTO t VALUES (1) RETURNING a"), "input.query");
  EXPECT_EQ(refusal("DELETE FROM t"), "input.query");
  EXPECT_EQ(refusal("ATTACH 'x.db' AS x"), "input.query");
  EXPECT_FALSE(std::filesystem::exists("x.db"));
}

TEST_F(SqliteQueryTest, TakesOneStatement) {
  run("CREATE TABLE t(a)");
  EXPECT_EQ(refusal(""), "input.query");
  EXPECT_EQ(refusal("SELECT 1; SELECT 2"), "input.query");
  EXPECT_EQ(refusal("SELECT * FROM missing"), "input.query");
}

TEST_F(SqliteQueryTest, NeedsDifferentNames) {
  run("");
  EXPECT_EQ(refusal("SELECT 1 AS a, 2 AS a"), "input.query");
  EXPECT_EQ(refusal("SELECT 1 AS a", "b"), "input.query");
}

TEST_F(SqliteQueryTest, RefusesWhatIsNoDatabase) {
  EXPECT_EQ(refusal("SELECT 1"), "input.query");
  EXPECT_FALSE(std::filesystem::exists(file()));
  inputs_.write("books.db", std::string(5000, 'x'));
  EXPECT_EQ(refusal("SELECT * FROM t"), "input.query");
}

}  // namespace
}  // namespace penstock
