// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The order of writes is the whole point; docs/formats/ledger.md has it as a table, and what each
// kind of crash leaves.
//
//   commit():     segments written and synced  ->  COMMIT (the WAL is synced)  ->  acknowledged
//   render():     sinks written                        after the commit: never ahead of the ledger
//   sync_sinks(): sinks synced  ->  cursors COMMIT  ->  files of rendered segments removed
#include "ledger/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/assert.h"
#include "ledger/resume.h"
#include "ledger/schema.h"
#include "os/file.h"
#include "os/file_system.h"
#include "os/real_clock.h"

namespace penstock::ledger {
namespace {

// A summary saves a scan; these bound the scan that is left.
constexpr std::uint64_t kSummaryRows = 1'000'000;
constexpr std::uint64_t kSummaryBytes = std::uint64_t{256} << 20U;

// Of 4 KiB each: the WAL is brought into the database from 8 MiB on, and at 64 MiB readers are
// asked to let go of it.
constexpr int kCheckpointFrames = 2'000;
constexpr int kRestartFrames = 16'000;

Status refuse_network(const std::filesystem::path& folder) {
  PENSTOCK_TRY(network, os::network_file_system(folder));
  if (!network) return ok();
  return Error{.code = Errc::rejected,
               .message = fmt::format("open {}: a ledger cannot be on {}, whose locks and syncs "
                                      "cannot be relied on; choose a local folder",
                                      folder.native(), *network),
               .kind = "ledger.network"};
}

std::int64_t wall_ms() {
  const auto since = os::RealClock().wall().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

/// The database of this folder, made if there is none, and found to be one of ours.
Result<std::unique_ptr<Database>> open_database(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kDatabaseName;
  PENSTOCK_TRY(found, os::file_state(path));
  if (!found || found->size_bytes == 0) {
    PENSTOCK_CHECK(create_database(folder, wall_ms()));
  }
  PENSTOCK_TRY(opened, Database::open(path, Access::write));
  auto database = std::make_unique<Database>(std::move(opened));
  PENSTOCK_CHECK(check_database(*database));
  return database;
}

std::uint64_t stored_bytes(const Verdict& verdict) {
  return 40 + verdict.key.size() + verdict.value.size() + verdict.output.size() +
         verdict.error.size();
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(const std::filesystem::path& folder,
                                             LedgerOptions options,
                                             std::vector<std::unique_ptr<Sink>> sinks) {
  PENSTOCK_CHECK(refuse_network(folder));
  PENSTOCK_TRY(lock, os::FileLock::acquire(folder / kLockName));
  PENSTOCK_TRY(database, open_database(folder));
  PENSTOCK_TRY(standing, read_standing(*database, Trust::summary));
  PENSTOCK_TRY(known_segments, read_segments(*database));
  PENSTOCK_TRY(last_segment, read_fact(*database, "segments"));
  PENSTOCK_TRY(segments, SegmentWriter::open(folder / "segments", std::move(known_segments),
                                             static_cast<std::uint64_t>(last_segment)));
  PENSTOCK_TRY(rows, VerdictRows::open(*database, folder));
  PENSTOCK_TRY(tables, Tables::open(*database));
  std::unique_ptr<Writer> writer(new Writer(
      folder, std::move(options), std::move(lock), std::move(database), std::move(tables),
      std::move(rows), std::move(standing), std::move(segments), std::move(sinks)));
  PENSTOCK_CHECK(writer->begin_life());
  return writer;
}

Writer::Writer(std::filesystem::path folder, LedgerOptions options, os::FileLock lock,
               std::unique_ptr<Database> database, Tables tables, VerdictRows rows,
               Standing standing, SegmentWriter segments, std::vector<std::unique_ptr<Sink>> sinks)
    : folder_(std::move(folder)),
      options_(std::move(options)),
      lock_(std::move(lock)),
      database_(std::move(database)),
      tables_(std::move(tables)),
      rows_(std::move(rows)),
      ancestry_(rows_, options_.step_names),
      rendering_(std::move(sinks), options_.step_names, ancestry_),
      segments_(std::move(segments)),
      standing_(std::move(standing)) {
  sqlite3_wal_hook(
      database_->get(),
      [](void* frames, sqlite3*, const char*, int count) {
        *static_cast<int*>(frames) = count;
        return SQLITE_OK;
      },
      &wal_frames_);
}

/// From the first commit on, dying without close() is a crash.
Status Writer::begin_life() {
  PENSTOCK_TRY(state, read_state(*database_, standing_));
  PENSTOCK_TRY(clean, read_fact(*database_, "clean"));
  PENSTOCK_TRY(summary_seq, database_->query_integer("SELECT seq FROM summary WHERE id = 1"));
  state.closed_cleanly = clean != 0;
  state_ = std::move(state);
  summary_seq_ = static_cast<std::uint64_t>(summary_seq);
  PENSTOCK_CHECK(open_sinks());
  PENSTOCK_CHECK(guard_.watch(folder_ / kDatabaseName, FileGuard::Growth::only_grows));
  std::filesystem::path wal = folder_ / kDatabaseName;
  wal += "-wal";
  return guard_.watch(std::move(wal), FileGuard::Growth::free);
}

/// What came out of a pipe must outlive whatever is recorded of it.
Status Writer::sync_source(const std::vector<Operation>& operations) {
  if (!options_.sync_source) return ok();
  std::uint64_t end = 0;  // Behind the last ordinal of these operations.
  const auto look = [&](ItemId item) {
    if (!is_from_source(item) || item.sequence() < standing_.generation_start()) return;
    end = std::max(end, item.sequence() - standing_.generation_start() + 1);
  };
  for (const Operation& operation : operations) {
    if (const auto* verdicts = std::get_if<std::vector<Verdict>>(&operation)) {
      for (const Verdict& verdict : *verdicts) look(verdict.item);
    } else if (const auto* items = std::get_if<std::vector<Enrolment>>(&operation)) {
      for (const Enrolment& item : *items) look(item.item);
    }
  }
  return end == 0 ? ok() : options_.sync_source(end);
}

Status Writer::commit(const std::vector<Operation>& operations) {
  PENSTOCK_CHECK(sync_source(operations));
  PENSTOCK_CHECK(tables_.begin());
  for (const Operation& operation : operations) {
    PENSTOCK_CHECK(std::visit([this](const auto& held) { return add(held); }, operation));
  }
  PENSTOCK_CHECK(store_segments());
  PENSTOCK_CHECK(store_summary_if_due());
  PENSTOCK_CHECK(tables_.commit());
  PENSTOCK_CHECK(guard());  // What went into a file without a name is not acknowledged.
  return checkpoint_if_due();
}

Status Writer::add(const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    PENSTOCK_ASSERT(static_cast<std::uint64_t>(verdict.seq) == standing_.last_seq() + 1);
    PENSTOCK_TRY(place, place_output(verdict));
    PENSTOCK_CHECK(tables_.add(verdict, place));
    standing_.settle(verdict.seq, verdict.item, verdict.status, verdict.leaf, verdict.content);
    summary_bytes_ += stored_bytes(verdict);
    PENSTOCK_CHECK(add(verdict.children));
  }
  return ok();
}

Status Writer::add(const std::vector<Enrolment>& items) {
  for (const Enrolment& item : items) {
    PENSTOCK_CHECK(tables_.add(item));
    standing_.know(item.item, item.content);
  }
  return ok();
}

Status Writer::add(const Note& note) { return tables_.put_note(note.name, note.text); }

/// Children and subscribers of an answer ask for outputs later: only those of other leaves may go.
Result<Place> Writer::place_output(const Verdict& verdict) {
  if (verdict.output.empty() || verdict.origin != Seq{}) return Place{};
  const bool is_passing = !verdict.keep_output && verdict.leaf && !verdict.unique;
  if (is_passing) return segments_.append(verdict.seq, verdict.output, Keep::until_rendered);
  if (verdict.output.size() <= options_.inline_bytes_max) return Place{};
  return segments_.append(verdict.seq, verdict.output, Keep::always);
}

Status Writer::store_segments() {
  PENSTOCK_CHECK(segments_.sync());
  const std::vector<SegmentState> changed = segments_.take_changed();
  if (changed.empty()) return ok();
  for (const SegmentState& segment : changed) PENSTOCK_CHECK(tables_.put_segment(segment));
  return tables_.put_fact("segments", static_cast<std::int64_t>(segments_.last_number()));
}

Status Writer::store_summary_if_due() {
  const bool is_due =
      standing_.last_seq() - summary_seq_ >= kSummaryRows || summary_bytes_ >= kSummaryBytes;
  if (!is_due) return ok();
  summary_seq_ = standing_.last_seq();
  summary_bytes_ = 0;
  return store_summary(*database_, standing_);
}

Status Writer::checkpoint_if_due() {
  if (wal_frames_ < kCheckpointFrames) return ok();
  PENSTOCK_CHECK(checkpoint(SQLITE_CHECKPOINT_PASSIVE));
  if (wal_frames_ < kRestartFrames) return ok();
  sqlite3_busy_timeout(database_->get(), 100);  // A reader that holds on longer only costs disk.
  Status outcome = checkpoint(SQLITE_CHECKPOINT_RESTART);
  sqlite3_busy_timeout(database_->get(), kBusyMs);
  return outcome;
}

/// A reader in the way is no error: the WAL grows until it has gone.
Status Writer::checkpoint(int mode) {
  const int outcome = sqlite3_wal_checkpoint_v2(database_->get(), nullptr, mode, nullptr, nullptr);
  if (outcome == SQLITE_OK || (outcome & 0xff) == SQLITE_BUSY) return ok();
  return database_->failure(outcome);
}

Result<std::vector<Refill>> Writer::answer(const std::vector<Operation>& operations) {
  std::vector<Refill> refills;
  for (const Operation& operation : operations) {
    const auto* const request = std::get_if<RefillRequest>(&operation);
    if (request == nullptr) continue;
    PENSTOCK_TRY(found, tables_.pending(*request));
    Refill refill{.step = request->step, .queue = request->queue, .more = found.more};
    for (Tables::Pending& pending : found.items) {
      PENSTOCK_TRY(item, complete(std::move(pending)));
      refill.items.push_back(std::move(item));
    }
    refills.push_back(std::move(refill));
  }
  return refills;
}

Result<PendingItem> Writer::complete(Tables::Pending pending) {
  PendingItem item{.item = std::move(pending.item)};
  PENSTOCK_TRY(context, ancestry_.context(item.item.item.step(), item.item.parent));
  item.context = std::move(context);
  if (pending.answer == Seq{}) return item;
  PENSTOCK_TRY(answer, rows_.find(pending.answer));
  item.answer = StoredAnswer{.seq = answer.seq,
                             .status = answer.status,
                             .output = std::move(answer.output),
                             .kind = std::move(answer.kind),
                             .error = std::move(answer.error)};
  return item;
}

Status Writer::close() {
  while (is_behind()) PENSTOCK_CHECK(catch_up());
  PENSTOCK_CHECK(sync_sinks());
  PENSTOCK_CHECK(guard());
  PENSTOCK_CHECK(tables_.begin());
  if (standing_.last_seq() != summary_seq_) PENSTOCK_CHECK(store_summary(*database_, standing_));
  PENSTOCK_CHECK(tables_.put_fact("clean", 1));
  PENSTOCK_CHECK(tables_.commit());
  PENSTOCK_CHECK(checkpoint(SQLITE_CHECKPOINT_TRUNCATE));
  // Nothing is left to do: the last one out may remove the empty WAL.
  sqlite3_db_config(database_->get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  return ok();
}

}  // namespace penstock::ledger
