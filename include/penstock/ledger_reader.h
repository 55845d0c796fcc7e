// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A look at a run's ledger, living or dead. It executes nothing that stands in it and changes
// nothing: a ledger from somebody else may be opened.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>
#include <penstock/sink.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

/// What `status` tells. Verdicts that were redone since count nowhere.
struct LedgerOverview {
  std::int64_t created_ms = 0;  ///< Wall time, since 1970.
  bool closed_cleanly = true;   ///< False also while an engine runs.
  std::uint64_t last_seq = 0;
  std::uint64_t leaves = 0;
  std::vector<std::string> step_names;
  std::map<std::pair<std::uint8_t, ItemStatus>, std::uint64_t> settled;  ///< By step and status.
  std::map<std::uint8_t, std::uint64_t> pending;                         ///< By step.
  std::map<std::string, SinkCursor> sinks;
  std::map<std::string, std::string> notes;
  IntervalSet source_settled;  ///< Ordinals of the source that need not be read again,
  ContentSum source_sum;       ///< and what stood there: a census tells whether it still does.
};

/// Items that ended in one step with one error kind; also skipped ones, which have kinds too.
struct ErrorClass {
  std::string kind;
  StepIndex step{};
  ItemStatus status = ItemStatus::failed;
  std::uint64_t items = 0;
  Seq example{};  ///< The first of them.
  std::string example_key;
  std::string example_error;
};

/// What a Record leaves out.
struct RecordFacts {
  ItemId item;
  std::int64_t started_ms = 0;  ///< Wall time, since 1970; 0: it never ran.
  std::int64_t elapsed_us = 0;  ///< Of the last attempt.
  std::uint64_t bytes = 0;      ///< Received, over all attempts.
  Seq origin{};                 ///< The verdict whose output it shares.
  bool leaf = true;
  bool redone = false;  ///< Another verdict stands in its place, or none does.
};

/// What was found when everything was counted again.
struct LedgerCheck {
  static constexpr std::size_t kProblemsMax = 100;

  std::uint64_t verdicts = 0;
  std::uint64_t standing = 0;  ///< Of them, not redone.
  std::uint64_t leaves = 0;
  std::uint64_t pending = 0;
  std::uint64_t outputs = 0;  ///< In segments, read and checked.
  std::uint64_t output_bytes = 0;
  std::uint64_t problem_count = 0;
  std::vector<std::string> problems;  ///< The first kProblemsMax, a line each.
};

/// Errors of all members: corrupt, system. Threads: one. Blocks: on the disk.
class LedgerReader {
 public:
  /// `Record`'s texts live until it returns. An error of its own ends the iteration.
  using Visit = std::function<Status(const Record&, const RecordFacts&)>;

  virtual ~LedgerReader() = default;

  virtual Result<LedgerOverview> overview() = 0;

  /// The most frequent first.
  virtual Result<std::vector<ErrorClass>> error_classes() = 0;

  /// Results behind `after`, in the order of settlement, at most `rows_max` of them; the seq to ask
  /// from next time. Call it again and again to follow a living run: no call holds a snapshot
  /// longer than it lasts.
  virtual Result<Seq> records(Seq after, std::size_t rows_max, const Visit& visit) = 0;

  /// Results of one error kind ("http.404") or family ("http"), else as records(). An empty kind:
  /// of all that failed.
  virtual Result<Seq> failures(std::string_view kind, Seq after, std::size_t rows_max,
                               const Visit& visit) = 0;

  /// Everything that was ever settled under this key, in order: steps, pages, redone ones too.
  virtual Status find(std::string_view key, const Visit& visit) = 0;

  /// Count everything again: every page's check, every reference, every output in a segment.
  virtual Result<LedgerCheck> check() = 0;
};

/// Open the ledger in this folder. Errors: invalid "ledger.missing", rejected "ledger.foreign",
/// "ledger.newer"; corrupt; system.
Result<std::unique_ptr<LedgerReader>> open_ledger_reader(const std::filesystem::path& folder);

}  // namespace penstock
