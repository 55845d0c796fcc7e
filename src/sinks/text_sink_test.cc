// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <fcntl.h>
#include <gtest/gtest.h>
#include <penstock/sinks.h>

#include <filesystem>

#include "sinks/crashes.h"

namespace penstock {
namespace {

using namespace sinks;

TestLedger::MakeSink jsonl(Rows rows = Rows::all) {
  return [rows](const std::string& folder) {
    return make_jsonl_sink({.path = folder + "/out.jsonl", .steps = {"page"}, .rows = rows});
  };
}

TestLedger::MakeSink csv() {
  return [](const std::string& folder) {
    return make_csv_sink({.path = folder + "/out.csv", .steps = {"page"}});
  };
}

std::vector<Row> pages(int count) {
  std::vector<Row> rows;
  for (int i = 1; i <= count; ++i) {
    const std::string n = std::to_string(i);
    const bool fails = i % 4 == 0;
    rows.push_back({.key = n,
                    .value = "{\"n\":" + n + ",\"caf\xC3\xA9\":\"a,b\\n" + n + "\"}",
                    .output = fails ? "" : "{\"text\":\"page " + n + "\"}",
                    .status = fails ? ItemStatus::failed : ItemStatus::ok,
                    .kind = fails ? "http.404" : ""});
  }
  return rows;
}

std::string read_jsonl(const std::string& folder) { return read_file(folder + "/out.jsonl"); }
std::string read_csv(const std::string& folder) { return read_file(folder + "/out.csv"); }

TEST(TextSink, WritesARowForEveryRecord) {
  TestLedger ledger(jsonl(), pages(4));
  ASSERT_TRUE(ledger.run());
  const std::string text = read_jsonl(ledger.folder());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  EXPECT_NE(text.find(R"("status":"failed","kind":"http.404")"), std::string::npos);
  EXPECT_EQ(ledger.cursor().seq, 4U);
  EXPECT_EQ(ledger.cursor().length_bytes, text.size());
}

TEST(TextSink, WritesTheRowsThatItIsFor) {
  TestLedger good(jsonl(Rows::successes), pages(4));
  ASSERT_TRUE(good.run());
  EXPECT_EQ(read_jsonl(good.folder()).find("failed"), std::string::npos);
  TestLedger bad(jsonl(Rows::failures), pages(4));
  ASSERT_TRUE(bad.run());
  const std::string text = read_jsonl(bad.folder());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(bad.cursor().seq, 4U);
}

TEST(TextSink, IsTheSameAfterEveryCrash) {
  check_every_crash(jsonl(), pages(8), read_jsonl);
  check_every_crash(csv(), pages(8), read_csv);
}

TEST(TextSink, IsTheSameAfterACrashThatLeftMore) {
  check_every_crash(jsonl(), pages(8), read_jsonl, [](const std::string& folder) {
    // What was written and not synced may be anything after a power loss.
    const std::string path = folder + "/out.jsonl";
    const bool is_ours = std::filesystem::exists(path) && std::filesystem::file_size(path) > 0;
    if (is_ours) std::ofstream(path, std::ios::app) << "{\"half\":" << std::string(3, '\0');
  });
}

TEST(TextSink, IsTheSameAfterItsFileWasLost) {
  check_every_crash(csv(), pages(8), read_csv, [](const std::string& folder) {
    std::filesystem::remove(folder + "/out.csv");
  });
}

TEST(TextSink, IsTheSameAfterItsFileWasCut) {
  check_every_crash(csv(), pages(8), read_csv, [](const std::string& folder) {
    const std::string path = folder + "/out.csv";
    const bool has_rows = std::filesystem::exists(path) && std::filesystem::file_size(path) > 0;
    if (has_rows) std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  });
}

// A file is damaged and written anew, and the run dies while it is.
void check_crashes_while_anew(const std::function<void(const std::string& file)>& damage) {
  TestLedger whole(jsonl(), pages(8));
  ASSERT_TRUE(whole.run());
  const std::string expected = read_jsonl(whole.folder());
  for (std::size_t calls = 0;; ++calls) {
    TestLedger ledger(jsonl(), pages(8));
    ASSERT_TRUE(ledger.run());
    damage(ledger.path("out.jsonl"));
    const bool died = ledger.run_and_die_at(calls);
    const auto again = ledger.run();
    ASSERT_TRUE(again) << again.error().message << " before call " << calls;
    EXPECT_EQ(read_jsonl(ledger.folder()), expected) << calls;
    EXPECT_FALSE(std::filesystem::exists(ledger.path("out.jsonl.rebuild")));
    if (!died) break;
  }
}

TEST(TextSink, IsTheSameAfterACrashWhileItIsWrittenAnew) {
  check_crashes_while_anew([](const std::string& file) { std::filesystem::remove(file); });
  check_crashes_while_anew([](const std::string& file) { std::filesystem::resize_file(file, 5); });
}

TEST(TextSink, SaysWhatIsWrongWithAHeader) {
  TestLedger ledger(csv(), pages(2));
  ASSERT_TRUE(ledger.run());
  const auto other = [](const std::string& folder) {
    return make_csv_sink({.path = folder + "/out.csv", .columns = {{"a", "{n}"}}});
  };
  auto sink = other(ledger.folder());
  const auto status = (*sink)->open(ledger.cursor());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message,
            "write " + ledger.path("out.csv") + ": its header row names other columns");
}

TEST(TextSink, HasAName) {
  EXPECT_EQ((*make_jsonl_sink({.path = "a.jsonl"}))->name(), "jsonl:a.jsonl");
  EXPECT_EQ((*make_csv_sink({.path = "/x/a.csv", .name = "csv:a.csv"}))->name(), "csv:a.csv");
}

class StreamSinkTest : public ::testing::Test {
 protected:
  std::unique_ptr<Sink> make(StreamFormat format) const {
    const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    auto sink = make_stream_sink({.fd = fd, .format = format, .columns = {{"k", "{key}"}}});
    EXPECT_TRUE(sink);
    return std::move(*sink);
  }

  Result<os::TempFolder> folder_ = os::TempFolder::create(std::filesystem::temp_directory_path());
  const std::string path_ = (folder_->path() / "out").string();
};

TEST_F(StreamSinkTest, GivesRowsWithFlush) {
  const auto sink = make(StreamFormat::jsonl);
  ASSERT_TRUE(*sink->open({}));
  ASSERT_TRUE(sink->write(Row{.key = "1"}.record(1)));
  EXPECT_EQ(read_file(path_), "");
  ASSERT_TRUE(sink->flush());
  EXPECT_EQ(read_file(path_), "{\"k\":\"1\"}\n");
}

TEST_F(StreamSinkTest, GivesRecordsSinceTheCursorAgain) {
  SinkCursor cursor;
  {
    const auto sink = make(StreamFormat::jsonl);
    ASSERT_TRUE(*sink->open({}));
    ASSERT_TRUE(sink->write(Row{.key = "1"}.record(1)));
    cursor = *sink->sync();
    ASSERT_TRUE(sink->write(Row{.key = "2"}.record(2)));
    ASSERT_TRUE(sink->flush());
  }
  const auto again = make(StreamFormat::jsonl);
  ASSERT_TRUE(*again->open(cursor));
  ASSERT_TRUE(again->write(Row{.key = "2"}.record(2)));
  EXPECT_EQ(again->sync()->seq, 2U);
  EXPECT_EQ(read_file(path_), "{\"k\":\"1\"}\n{\"k\":\"2\"}\n{\"k\":\"2\"}\n");
}

TEST_F(StreamSinkTest, BeginsEveryStartWithAHeader) {
  const auto sink = make(StreamFormat::csv);
  ASSERT_TRUE(*sink->open({.seq = 5, .length_bytes = 100}));
  ASSERT_TRUE(sink->write(Row{.key = "6"}.record(6)));
  ASSERT_TRUE(sink->sync());
  EXPECT_EQ(read_file(path_), "k\n6\n");
}

TEST_F(StreamSinkTest, SaysWhenTheDiskIsFull) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  auto sink = make_stream_sink({.fd = full});
  ASSERT_TRUE((*sink)->open({}));
  ASSERT_TRUE((*sink)->write(Row{.key = "1"}.record(1)));
  const auto status = (*sink)->flush();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, Errc::no_space);
  EXPECT_NE(status.error().message.find("standard output"), std::string::npos);
}

}  // namespace
}  // namespace penstock
