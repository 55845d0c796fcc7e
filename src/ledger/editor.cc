// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Each change is one transaction that also stores what it did to the summary.
#include <penstock/ledger_editor.h>

#include <functional>
#include <future>
#include <utility>

#include "core/assert.h"
#include "core/fingerprint.h"
#include "ledger/last_step.h"
#include "ledger/page_check.h"
#include "ledger/rematch.h"
#include "ledger/resume.h"
#include "ledger/schema.h"
#include "ledger/standing.h"
#include "ledger/taking_back.h"
#include "ledger/verdict_rows.h"
#include "os/file_lock.h"

namespace penstock {
namespace {

using namespace ledger;

constexpr std::size_t kSourceBatch = 1'024;

/// What makes an item the same one in another source.
Fingerprint identity_of(Identity identity, std::string_view key, const Fingerprint& content) {
  if (identity == Identity::content || key.empty()) return content;
  return fingerprint({"key", key});
}

/// Which row of a key is the second depends on where the rows stand: it is decided anew each time,
/// and never taken for the item itself.
constexpr std::string_view kDuplicateKey = "input.duplicate_key";

class SqliteEditor final : public LedgerEditor {
 public:
  SqliteEditor(std::filesystem::path folder, os::FileLock lock, Database database)
      : folder_(std::move(folder)), lock_(std::move(lock)), database_(std::move(database)) {}

  Result<std::uint64_t> count_failed(const FailureSelection& selection) override {
    return choose_failures(database_, selection);
  }

  Result<std::uint64_t> reopen_failed(const FailureSelection& selection) override {
    PENSTOCK_TRY(chosen, choose_failures(database_, selection));
    if (chosen == 0) return chosen;
    PENSTOCK_CHECK(change([&](Standing& standing) { return reopen_chosen(database_, standing); }));
    return chosen;
  }

  Result<ForgetCounts> count_forgotten(StepIndex step) override {
    return ledger::count_forgotten(database_, step);
  }

  Result<ForgetCounts> forget_step(StepIndex step) override {
    PENSTOCK_TRY(counts, count_forgotten(step));
    PENSTOCK_CHECK(
        change([&](Standing& standing) { return ledger::forget_step(database_, step, standing); }));
    return counts;
  }

  Result<ExtensionCounts> count_extended(StepIndex last) override {
    return choose_extension(database_, last);
  }

  Result<ExtensionCounts> extend_behind(StepIndex last, const Notes& notes) override {
    PENSTOCK_TRY(counts, count_extended(last));
    PENSTOCK_CHECK(
        change([&](Standing& standing) { return ledger::extend_behind(database_, last, standing); },
               notes));
    return counts;
  }

  Result<std::uint64_t> count_behind(StepIndex last) override {
    return ledger::count_behind(database_, last);
  }

  Result<std::uint64_t> drop_behind(StepIndex last, const Notes& notes) override {
    PENSTOCK_TRY(verdicts, count_behind(last));
    PENSTOCK_CHECK(change(
        [&](Standing& standing) { return ledger::drop_behind(database_, last, standing); }, notes));
    return verdicts;
  }

  Result<SourceChange> match_source(Source& source, Identity identity) override {
    match_ = std::make_unique<Rematch>(folder_);
    // Side by side, or one after the other where no thread can be had: each takes as long as the
    // other, and they share nothing but the disk.
    std::future<Status> settled = std::async(std::launch::async | std::launch::deferred,
                                             [this, identity] { return add_settled(identity); });
    Status read = add_source(source, identity);
    PENSTOCK_CHECK(settled.get());
    PENSTOCK_CHECK(read);
    return match_->match();
  }

  Status begin_generation() override {
    PENSTOCK_ASSERT(match_ != nullptr);
    const std::unique_ptr<Rematch> match = std::move(match_);
    return change(
        [&](Standing& standing) { return ledger::begin_generation(database_, *match, standing); });
  }

  Status put_note(const std::string& name, const std::string& text) override {
    PENSTOCK_TRY(put, database_.prepare("INSERT OR REPLACE INTO note(name, text) VALUES(?, ?)"));
    return put.bind_text(1, name).bind_text(2, text).run();
  }

 private:
  Status change(const std::function<Status(Standing&)>& make, const Notes& notes = {});
  Status check_rewrites();
  Status put_notes(const Notes& notes);
  Status add_settled(Identity identity);
  Status add_source(Source& source, Identity identity);

  std::filesystem::path folder_;
  os::FileLock lock_;  // Released last.
  Database database_;
  std::unique_ptr<Rematch> match_;
};

Status SqliteEditor::put_notes(const Notes& notes) {
  for (const auto& [name, text] : notes) PENSTOCK_CHECK(put_note(name, text));
  return ok();
}

/// Whether every output that has to be written anew by now can be.
Status SqliteEditor::check_rewrites() {
  PENSTOCK_TRY(cursors, read_cursors(database_));
  for (const auto& [name, cursor] : cursors) {
    if (cursor.length_bytes != SinkCursor::kRewrite) continue;
    PENSTOCK_CHECK(check_can_be_written_anew(database_, name));
  }
  return ok();
}

/// One transaction, and the WAL that it filled brought home.
Status SqliteEditor::change(const std::function<Status(Standing&)>& make, const Notes& notes) {
  PENSTOCK_TRY(standing, read_standing(database_, Trust::summary));
  PENSTOCK_CHECK(database_.execute("BEGIN IMMEDIATE"));
  Status outcome = make(standing);
  if (outcome) outcome = put_notes(notes);
  if (outcome) outcome = check_rewrites();
  if (outcome) outcome = store_summary(database_, standing);
  if (outcome) outcome = database_.execute("COMMIT");
  if (!outcome) {
    if (database_.in_transaction()) (void)database_.execute("ROLLBACK");  // The first error counts.
    return outcome;
  }
  return database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

Status SqliteEditor::add_settled(Identity identity) {
  PENSTOCK_TRY(row,
               database_.prepare("SELECT seq, item, key, content, value, kind FROM verdict WHERE "
                                 "redone = 0 AND parent IS NULL ORDER BY seq"));
  for (;;) {
    PENSTOCK_TRY(found, row.step());
    if (!found) return ok();
    if (row.text(5) == kDuplicateKey) {
      PENSTOCK_CHECK(match_->drop_old(Seq{row.number(0)}));
      continue;
    }
    const Fingerprint content = stored_content(row, ItemId{row.number(1)}, 3, 4);
    const Fingerprint what = identity_of(identity, row.text(2), content);
    PENSTOCK_CHECK(match_->add_old(what, content, Seq{row.number(0)}));
  }
}

Status SqliteEditor::add_source(Source& source, Identity identity) {
  std::vector<SourceItem> items;
  std::uint64_t ordinal = 0;
  for (SourceState state = SourceState::items; state == SourceState::items;) {
    items.clear();
    PENSTOCK_TRY(read, source.read(kSourceBatch, items));
    state = read;
    for (const SourceItem& item : items) {
      const std::uint64_t here = ordinal++;
      if (item.bad && item.bad->kind == kDuplicateKey) continue;
      const Fingerprint what = identity_of(identity, item.key, item.content);
      PENSTOCK_CHECK(match_->add_new(what, item.content, here));
    }
  }
  return ok();
}

}  // namespace

Result<std::unique_ptr<LedgerEditor>> open_ledger_editor(const std::filesystem::path& folder) {
  PENSTOCK_CHECK(find_database(folder));
  PENSTOCK_TRY(lock, os::FileLock::acquire(folder / kLockName));
  PENSTOCK_TRY(database, Database::open(folder / kDatabaseName, Access::write));
  PENSTOCK_CHECK(check_database(database));
  return std::unique_ptr<LedgerEditor>(
      std::make_unique<SqliteEditor>(folder, std::move(lock), std::move(database)));
}

}  // namespace penstock
