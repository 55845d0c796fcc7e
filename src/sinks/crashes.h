// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A ledger in small that drives one sink, and dies wherever a test wants. Tests only.
#pragma once

#include <gtest/gtest.h>
#include <penstock/sink.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "os/temp_folder.h"

namespace penstock::sinks {

/// A record that owns its texts.
struct Row {
  std::string key;
  std::string value = "{}";
  std::string output;
  ItemStatus status = ItemStatus::ok;
  std::string kind;
  std::string parent_key;
  std::string step = "page";

  Record record(std::uint64_t seq) const {
    return {.seq = Seq{seq},
            .step = step,
            .key = key,
            .parent_key = parent_key,
            .status = status,
            .kind = kind,
            .error = kind.empty() ? "" : "it failed",
            .attempts = 1,
            .value = value,
            .output = output};
  }
};

/// Where syncing is cheap: a killed process leaves the same on every file system.
inline Result<os::TempFolder> fast_folder() {
  const std::filesystem::path memory = "/dev/shm";
  return os::TempFolder::create(
      std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path());
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class TestLedger {
 public:
  using MakeSink = std::function<Result<std::unique_ptr<Sink>>(const std::string& folder)>;

  TestLedger(MakeSink make_sink, std::vector<Row> rows)
      : make_sink_(std::move(make_sink)), rows_(std::move(rows)) {}

  std::string folder() const { return folder_->path().string(); }
  std::string path(const std::string& name) const { return (folder_->path() / name).string(); }

  /// Open the sink where the stored cursor says and give it what it lacks. The error of the sink.
  Status run() { return drive(SIZE_MAX); }

  /// As run(), in a child that ends like one that is killed, before its call number `calls`.
  /// False: it had no such call and came to its end.
  bool run_and_die_at(std::size_t calls) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto status = drive(calls);
      ::_exit(status ? 0 : 2);
    }
    int outcome = 0;
    EXPECT_EQ(::waitpid(child, &outcome, 0), child);
    EXPECT_TRUE(WIFEXITED(outcome));
    EXPECT_NE(WEXITSTATUS(outcome), 2) << "died before call " << calls;
    return WEXITSTATUS(outcome) == kDied;
  }

  SinkCursor cursor() const {
    SinkCursor cursor;
    std::ifstream(cursor_path()) >> cursor.seq >> cursor.length_bytes >> cursor.inode;
    return cursor;
  }

  void store(const SinkCursor& cursor) const {
    std::ofstream(cursor_path()) << cursor.seq << ' ' << cursor.length_bytes << ' ' << cursor.inode;
  }

 private:
  static constexpr int kDied = 1;

  // What every ledger does with a sink; see sink.h.
  Status drive(std::size_t calls_left) {
    const auto call = [&calls_left] {
      if (calls_left-- == 0) ::_exit(kDied);
    };
    auto made = make_sink_(folder());
    if (!made) return std::move(made.error());
    Sink& sink = **made;
    const SinkCursor known = cursor();
    call();
    PENSTOCK_TRY(stands, sink.open(known));
    const auto sync = [&]() -> Status {
      call();
      PENSTOCK_TRY(synced, sink.sync());
      call();
      store(synced);
      return ok();
    };
    if (stands && known.seq == 0) PENSTOCK_CHECK(sync());
    for (std::uint64_t seq = stands ? known.seq + 1 : 1; seq <= rows_.size(); ++seq) {
      call();
      PENSTOCK_CHECK(sink.write(rows_[seq - 1].record(seq)));
      call();
      if (seq % 2 == 0) PENSTOCK_CHECK(sink.flush());
      if (seq % 3 == 0 && stands) PENSTOCK_CHECK(sync());
    }
    PENSTOCK_CHECK(sync());
    call();
    return ok();
  }

  std::string cursor_path() const { return (ledger_folder_->path() / "cursor").string(); }

  const MakeSink make_sink_;
  const std::vector<Row> rows_;
  Result<os::TempFolder> folder_ = fast_folder();
  Result<os::TempFolder> ledger_folder_ = fast_folder();
};

/// Kill at every call, then go on: what is there in the end is what is there without a crash.
/// `after_crash` may do to the files whatever crashes and people do.
inline void check_every_crash(
    const TestLedger::MakeSink& make_sink, const std::vector<Row>& rows,
    const std::function<std::string(const std::string& folder)>& read_back,
    const std::function<void(const std::string& folder)>& after_crash = [](const auto&) {}) {
  TestLedger whole(make_sink, rows);
  const auto status = whole.run();
  ASSERT_TRUE(status) << status.error().message;
  const std::string expected = read_back(whole.folder());
  ASSERT_FALSE(expected.empty());
  for (std::size_t calls = 0;; ++calls) {
    TestLedger ledger(make_sink, rows);
    const bool died = ledger.run_and_die_at(calls);
    after_crash(ledger.folder());
    const auto again = ledger.run();
    ASSERT_TRUE(again) << again.error().message << " after a crash before call " << calls;
    ASSERT_EQ(read_back(ledger.folder()), expected) << "after a crash before call " << calls;
    if (!died) break;
  }
}

}  // namespace penstock::sinks
