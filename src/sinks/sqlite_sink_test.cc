// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>
#include <penstock/sinks.h>

#include <filesystem>

#include "os/temp_folder.h"
#include "sinks/crashes.h"
#include "sinks/database.h"

namespace penstock {
namespace {

using namespace sinks;

TestLedger::MakeSink sqlite(const std::string& table = "results") {
  return [table](const std::string& folder) {
    return make_sqlite_sink({.path = folder + "/out.db", .steps = {"page"}}, table);
  };
}

// Keys come twice, so rows are replaced; fields come late, so columns are added.
std::vector<Row> rows() {
  std::vector<Row> rows;
  for (int i = 1; i <= 8; ++i) {
    const std::string n = std::to_string(i);
    rows.push_back({.key = std::to_string(i % 6), .value = "{\"n\":" + n + ",\"f" + n + "\":1}"});
  }
  return rows;
}

std::string query(const std::string& folder, const std::string& sql) {
  auto database = Database::open(folder + "/out.db");
  EXPECT_TRUE(database);
  auto found = database->prepare(sql);
  if (!found) return "!" + found.error().kind;
  std::string text;
  while (*found->step()) text += std::string(found->text(0)) + "\n";
  return text;
}

std::string read_all(const std::string& folder) {
  return query(folder,
               "SELECT key || ' ' || n || ' ' || quote(f1) || quote(f8) || status "
               "FROM results ORDER BY rowid") +
         query(folder, "SELECT name FROM pragma_table_info('results')") +
         query(folder, "SELECT seq FROM penstock_cursor");
}

TEST(SqliteSink, KeepsItsCursorBesideItsRows) {
  TestLedger ledger(sqlite(), rows());
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(query(ledger.folder(), "SELECT count(*) FROM results"), "6\n");
  EXPECT_EQ(query(ledger.folder(), "SELECT seq FROM penstock_cursor"), "8\n");
  EXPECT_EQ(ledger.cursor().seq, 8U);
}

TEST(SqliteSink, RowsThatHaveGoneGoWhenItIsWrittenAnew) {
  TestLedger ledger(sqlite(), rows());
  ASSERT_TRUE(ledger.run());
  SinkCursor cursor = ledger.cursor();
  cursor.length_bytes = SinkCursor::kRewrite;
  auto sink = sqlite()(ledger.folder());
  const auto stands = (*sink)->open(cursor);
  ASSERT_TRUE(stands) << stands.error().message;
  EXPECT_FALSE(*stands);
  const Record last{.seq = Seq{8}, .step = "page", .key = "2", .value = "{\"n\":8}"};
  ASSERT_TRUE((*sink)->write(last));
  EXPECT_EQ(query(ledger.folder(), "SELECT count(*) FROM results"), "6\n") << "until it is synced";
  EXPECT_EQ((*sink)->sync()->seq, 8U);
  EXPECT_EQ(query(ledger.folder(), "SELECT key FROM results"), "2\n");
}

TEST(SqliteSink, IsTheSameAfterEveryCrash) { check_every_crash(sqlite(), rows(), read_all); }

TEST(SqliteSink, IsTheSameAfterItsFileWasLost) {
  check_every_crash(sqlite(), rows(), read_all, [](const std::string& folder) {
    for (const char* name : {"/out.db", "/out.db-wal", "/out.db-shm"}) {
      std::filesystem::remove(folder + name);
    }
  });
}

TEST(SqliteSink, IsTheSameAfterItsTableWasDropped) {
  check_every_crash(sqlite(), rows(), read_all, [](const std::string& folder) {
    query(folder, "SELECT 1");
    (void)Database::open(folder + "/out.db")->execute("DROP TABLE IF EXISTS results");
  });
}

TEST(SqliteSink, IsTheSameAfterAnOlderCopyCameBack) {
  TestLedger ledger(sqlite(), rows());
  ASSERT_TRUE(ledger.run_and_die_at(14));
  ASSERT_TRUE(Database::open(ledger.path("out.db"))->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  const auto old = read_file(ledger.path("out.db"));
  ASSERT_TRUE(ledger.run());
  const std::string expected = read_all(ledger.folder());
  std::filesystem::remove(ledger.path("out.db"));
  std::ofstream(ledger.path("out.db"), std::ios::binary) << old;
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(read_all(ledger.folder()), expected);
}

TEST(SqliteSink, LeavesOtherTablesAlone) {
  TestLedger ledger(sqlite(), rows());
  ASSERT_TRUE(Database::open(ledger.path("out.db"))
                  ->execute("CREATE TABLE mine (a); INSERT INTO mine VALUES (7)"));
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(query(ledger.folder(), "SELECT a FROM mine"), "7\n");
  EXPECT_EQ(query(ledger.folder(), "SELECT count(*) FROM results"), "6\n");
}

TEST(SqliteSink, NeverTouchesAStrangersTable) {
  TestLedger ledger(sqlite(), rows());
  ASSERT_TRUE(Database::open(ledger.path("out.db"))
                  ->execute("CREATE TABLE Results (a); INSERT INTO Results VALUES (7)"));
  const auto status = ledger.run();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, "output.foreign");
  EXPECT_EQ(query(ledger.folder(), "SELECT a FROM Results"), "7\n");
}

TEST(SqliteSink, NeverTouchesTheTableOfAnotherRun) {
  TestLedger ledger(sqlite(), rows());
  ASSERT_TRUE(ledger.run());
  for (const std::uint64_t token : {0U, 5U}) {
    ledger.store({.seq = token == 0 ? 0U : 3U, .inode = token});
    const auto status = ledger.run();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, "output.foreign");
  }
}

TEST(SqliteSink, BeginsAnewWhenTheLedgerDoes) {
  TestLedger ledger(sqlite(), rows());
  ASSERT_TRUE(ledger.run());
  const std::string expected = read_all(ledger.folder());
  ledger.store({.seq = 0, .inode = ledger.cursor().inode});
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(read_all(ledger.folder()), expected);
}

TEST(SqliteSink, HasTheItemsKeyAmongNamedColumns) {
  const auto make = [](std::vector<Column> columns) {
    return make_sqlite_sink({.path = "x.db", .columns = std::move(columns)});
  };
  EXPECT_TRUE(make({{"a", "{n}"}}));
  EXPECT_TRUE(make({{"a", "{n}"}, {"key", "{key}"}}));
  EXPECT_FALSE(make({{"key", "{n}"}}));
  EXPECT_FALSE(make({{"Key", "{key}"}}));
  EXPECT_FALSE(make({{"a", "{n}"}, {"A", "{n}"}}));
  TestLedger ledger(
      [](const std::string& folder) {
        return make_sqlite_sink({.path = folder + "/out.db", .columns = {{"a", "{n}"}}});
      },
      rows());
  ASSERT_TRUE(ledger.run());
  EXPECT_EQ(query(ledger.folder(), "SELECT key || a FROM results WHERE key = '3'"), "33\n");
}

TEST(SqliteSink, RefusesNamesThatSqliteKeepsForItself) {
  for (const char* table : {"", "sqlite_x", "penstock_cursor"}) {
    EXPECT_FALSE(make_sqlite_sink({.path = "x.db"}, table)) << table;
  }
}

/// In the order of the source, later records may have been settled earlier.
TEST(SqliteSink, TakesRecordsInAnyOrderOfSettlement) {
  const auto temp = os::TempFolder::create(std::filesystem::temp_directory_path());
  const std::string folder = temp->path();
  auto sink = make_sqlite_sink({.path = folder + "/out.db", .steps = {"page"}});
  ASSERT_TRUE((*sink)->open({}));
  ASSERT_TRUE((*sink)->sync());
  for (const std::uint64_t seq : {5, 2, 9, 1}) {
    ASSERT_TRUE((*sink)->write({.seq = Seq{seq}, .key = std::to_string(seq), .value = "{}"}));
  }
  ASSERT_TRUE((*sink)->sync());
  EXPECT_EQ(query(folder, "SELECT count(*) FROM results"), "4\n");
}

}  // namespace
}  // namespace penstock
