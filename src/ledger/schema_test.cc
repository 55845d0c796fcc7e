// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which files are taken for ledgers, and that docs/formats/ledger.md has the same tables.
#include "ledger/schema.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "ledger/page_check.h"
#include "ledger/temp_run_test.h"

namespace penstock::ledger {
namespace {

/// Something done to a ledger.db by a foreign hand; by one that knows of page checks, or not.
void tamper(const std::filesystem::path& path, const char* sql, const char* layer) {
  sqlite3* database = nullptr;
  ASSERT_EQ(
      sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, layer),
      SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  sqlite3_close(database);
}

void write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// How a ledger that was tampered with is refused.
std::string verdict_on(const char* sql) {
  TempRun run;
  run.open();
  run.close();
  tamper(run.database(), sql, *page_check_layer());
  const auto reader = open_ledger_reader(run.folder());
  const std::string refused = run.open_error();
  EXPECT_EQ(reader ? "" : reader.error().kind, refused);
  return refused;
}

TEST(Schema, IsWhatTheFormatPageSays) {
  std::ifstream file("docs/formats/ledger.md");
  std::stringstream page;
  page << file.rdbuf();
  std::string text = page.str();
  for (const auto objects : {required_objects(), optional_objects()}) {
    for (const SchemaObject& object : objects) {
      EXPECT_NE(text.find(std::string(object.sql) + ";"), std::string::npos) << object.sql;
    }
  }
}

TEST(Schema, OurOwnIsTaken) { EXPECT_EQ(verdict_on("ANALYZE"), ""); }

TEST(Schema, AnEmptyFileBecomesALedger) {
  TempRun run;
  write(run.database(), "");
  EXPECT_EQ(run.open_error(), "");
}

TEST(Schema, TextIsNoLedger) {
  TempRun run;
  write(run.database(), std::string(8192, 'x'));
  EXPECT_EQ(run.open_error(), "ledger.foreign");
}

TEST(Schema, AnotherDatabaseIsNoLedger) {
  TempRun run;
  tamper(run.database(), "CREATE TABLE bookmarks(url TEXT)", nullptr);
  EXPECT_EQ(run.open_error(), "ledger.foreign");
  tamper(run.database(), "SELECT * FROM bookmarks", nullptr);
}

TEST(Schema, AnotherProgramsIdIsNoLedger) {
  EXPECT_EQ(verdict_on("PRAGMA application_id = 7"), "ledger.foreign");
}

TEST(Schema, ALaterFormatIsLeftAlone) {
  EXPECT_EQ(verdict_on("PRAGMA user_version = 2"), "ledger.newer");
}

TEST(Schema, OthersMayLookAtWhatACrashLeft) {
  TempRun run;
  run.open();
  run.append(batch(done(1, item(0, 0), "{}")));
  run.crash();
  ASSERT_GT(std::filesystem::file_size(run.folder() / "ledger.db-wal"), 0U);
  tamper(run.database(), "SELECT * FROM settled", nullptr);
  ASSERT_FALSE(std::filesystem::exists(run.folder() / "ledger.db-wal")) << "it was brought over";
  run.expect_sound();
  run.open();
  EXPECT_EQ(run.state.leaves, 1U);
  run.append(batch(done(2, item(0, 1), "{}")));
  run.close();
  run.expect_sound();
}

TEST(Schema, OthersMayNotWrite) {
  TempRun run;
  run.open();
  run.close();
  tamper(run.database(), "INSERT INTO note VALUES('a', 'b')", nullptr);
  EXPECT_EQ(run.open_error(), "ledger.corrupt");
}

TEST(Schema, ATriggerIsRefused) {
  EXPECT_EQ(verdict_on("CREATE TRIGGER t AFTER INSERT ON verdict BEGIN DELETE FROM verdict; END"),
            "ledger.foreign");
}

TEST(Schema, AnotherTableIsRefused) {
  EXPECT_EQ(verdict_on("CREATE TABLE more(a)"), "ledger.foreign");
  EXPECT_EQ(verdict_on("ALTER TABLE verdict ADD COLUMN more INTEGER DEFAULT 7"), "ledger.foreign");
  EXPECT_EQ(verdict_on("DROP TABLE answer"), "ledger.foreign");
}

TEST(Schema, TheIndexesOfTheSourceOrderMayBeThere) {
  TempRun run;
  run.options.order = RecordOrder::source;
  run.open();
  run.close();
  run.options.order = RecordOrder::settled;
  EXPECT_EQ(run.open_error(), "");
}

TEST(Schema, WhatACrashLeftOfANewLedgerIsRemoved) {
  TempRun run;
  write(run.folder() / "ledger.db.new", "half");
  run.open();
  EXPECT_FALSE(std::filesystem::exists(run.folder() / "ledger.db.new"));
  run.close();
  EXPECT_FALSE(std::filesystem::exists(run.folder() / "ledger.db-wal"));
}

TEST(Schema, OnlyItsOwnerReadsIt) {
  TempRun run;
  run.open();
  for (const char* name : {"ledger.db", "ledger.db-wal", "ledger.lock"}) {
    const auto mode = std::filesystem::status(run.folder() / name).permissions();
    EXPECT_EQ(mode & std::filesystem::perms(077), std::filesystem::perms::none) << name;
  }
}

TEST(Schema, PeopleCanReadIt) {
  TempRun run;
  run.open();
  run.append(batch(done(1, item(0, 4), R"({"n":4})"), failed(2, item(0, 5), "{}", "http.404")));
  run.close();
  auto database = Database::open(run.database(), Access::read);
  ASSERT_TRUE(database);
  auto row = database->prepare("SELECT step, key, status, kind, value FROM settled ORDER BY seq");
  ASSERT_TRUE(row);
  ASSERT_TRUE(*row->step());
  EXPECT_EQ(row->text(0), "search");
  EXPECT_EQ(row->text(1), "5");
  EXPECT_EQ(row->text(2), "ok");
  EXPECT_EQ(row->text(4), R"({"n":4})");
  ASSERT_TRUE(*row->step());
  EXPECT_EQ(row->text(2), "failed");
  EXPECT_EQ(row->text(3), "http.404");
}

}  // namespace
}  // namespace penstock::ledger
