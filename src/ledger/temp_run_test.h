// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A run in a temporary folder, over several lives of its engine, for tests of the SQLite ledger.
#pragma once

#include <gtest/gtest.h>
#include <penstock/ledger_editor.h>
#include <penstock/ledger_reader.h>
#include <penstock/ledgers.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ledger/contract_test.h"
#include "os/file.h"
#include "os/temp_folder.h"

namespace penstock::ledger {

class TempRun {
 public:
  /// The next life; the one before ended without a word, unless close() was called.
  Ledger& open(std::vector<std::unique_ptr<Sink>> sinks = {}) {
    ledger_.reset();
    auto opened = open_sqlite_ledger(folder(), options, std::move(sinks), waker_);
    if (!opened) throw std::runtime_error(opened.error().message);
    ledger_ = std::move(*opened);
    state = ledger_->take_state();
    return *ledger_;
  }

  /// The kind of error with which it does not open; empty if it does.
  std::string open_error(std::vector<std::unique_ptr<Sink>> sinks = {}) {
    ledger_.reset();
    auto opened = open_sqlite_ledger(folder(), options, std::move(sinks), waker_);
    return opened ? "" : opened.error().kind;
  }

  void crash() { ledger_.reset(); }
  void close() {
    const Status closed = ledger_->close();
    EXPECT_TRUE(closed) << closed.error().message;
    ledger_.reset();
  }

  /// Append, and wait until it is durable.
  void append(std::vector<Verdict> verdicts) { settle(ledger_->append(std::move(verdicts))); }
  void settle(Ticket ticket) {
    ledger_->hurry();
    while (ledger_->durable() < ticket) {
      ASSERT_TRUE(ledger_->health()) << ledger_->health().error().message;
      waker_.sleep_until({});
    }
  }

  /// Wait until something fails; its kind.
  std::string failure() {
    while (ledger_->health()) waker_.sleep_until({});
    return ledger_->health().error().kind;
  }

  Refill refill(unsigned step, const std::string& queue = "") {
    ledger_->request_pending(StepIndex{static_cast<std::uint8_t>(step)}, queue, {}, 1'000'000);
    for (;;) {
      auto refills = ledger_->take_refills();
      if (!refills.empty()) return std::move(refills.front());
      if (!ledger_->health()) {
        ADD_FAILURE() << ledger_->health().error().message;
        return {};
      }
      waker_.sleep_until({});
    }
  }
  std::vector<std::string> pending_keys(unsigned step, const std::string& queue = "") {
    std::vector<std::string> keys;
    for (const PendingItem& pending : refill(step, queue).items) {
      keys.push_back(shown_key(pending.item.item, pending.item.key));
    }
    return keys;
  }

  std::unique_ptr<LedgerReader> reader() { return std::move(*open_ledger_reader(folder())); }
  std::unique_ptr<LedgerEditor> editor() { return std::move(*open_ledger_editor(folder())); }

  /// Nothing in it contradicts itself.
  void expect_sound() {
    const auto found = reader()->check();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->problems, std::vector<std::string>());
  }

  Ledger& ledger() { return *ledger_; }
  const std::filesystem::path& folder() const { return temp_.path(); }
  std::filesystem::path database() const { return folder() / "ledger.db"; }

  LedgerOptions options{.step_names = {"search", "page", "text"},
                        .sink_sync_interval = Duration(0)};
  LedgerState state;

 private:
  os::TempFolder temp_ = std::move(*os::TempFolder::create(std::filesystem::temp_directory_path()));
  WaitingWaker waker_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace penstock::ledger
