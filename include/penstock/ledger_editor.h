// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What may be done to a ledger between two runs: take back failures, forget a changed step, let
// another step follow the last, carry results over to a changed source. Everything says first how
// much it would touch.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>
#include <penstock/source.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock {

/// Failed and poisoned items; all of them if nothing is chosen.
struct FailureSelection {
  std::vector<std::string> kinds;  ///< Whole kinds ("http.404") or their first parts ("http").
  std::vector<std::string> keys;
  std::optional<StepIndex> step;
};

/// What forgetting a step takes with it.
struct ForgetCounts {
  std::uint64_t verdicts = 0;         ///< Of this step and of later ones: they count no more.
  std::uint64_t again = 0;            ///< Items of this step that run again.
  std::uint64_t pending_removed = 0;  ///< Items of later steps, which will be enrolled anew.
};

/// What becomes of the results of the last step when another comes behind it.
struct ExtensionCounts {
  std::uint64_t adopted = 0;  ///< Their outputs are stored: the new step gets them.
  std::uint64_t again = 0;  ///< Items of the last step whose outputs were not kept: they run again.
};

/// How the items of a changed source stand to those that are settled.
struct SourceChange {
  std::uint64_t carried = 0;  ///< Settled before, and there again: not run again.
  std::uint64_t fresh = 0;    ///< New in the source, or not settled yet.
  std::uint64_t changed = 0;  ///< The same key with other fields: run again; also in `fresh`.
  std::uint64_t removed = 0;  ///< Settled before and gone: their rows go, with all below them.
};

/// Small texts by name, as those of Ledger::put_note().
using Notes = std::map<std::string, std::string>;

enum class Identity : std::uint8_t {
  content,  ///< Equal items are interchangeable: the n-th is the n-th.
  key,      ///< The key column says which item it is.
};

/// Each change is one transaction: done or not done. Output files whose rows change are written
/// anew when the run goes on.
///
/// Errors of all members: no_space, corrupt, system. Threads: one. Blocks: on the disk, seconds for
/// millions of items. Memory: bounded, some 20 MB.
class LedgerEditor {
 public:
  virtual ~LedgerEditor() = default;

  virtual Result<std::uint64_t> count_failed(const FailureSelection& selection) = 0;

  /// The selected items are pending again, in queue "": how many. Of a unique call, everybody who
  /// shared the failure may be selected; the call is made once.
  virtual Result<std::uint64_t> reopen_failed(const FailureSelection& selection) = 0;

  virtual Result<ForgetCounts> count_forgotten(StepIndex step) = 0;

  /// The answers of this step are no longer right: its items run again, and what they gave goes.
  virtual Result<ForgetCounts> forget_step(StepIndex step) = 0;

  virtual Result<ExtensionCounts> count_extended(StepIndex last) = 0;

  /// A step comes behind `last`, which was the last: what is stored of its results is the input of
  /// pending items there, and the others of its items run again. The notes are replaced with it.
  virtual Result<ExtensionCounts> extend_behind(StepIndex last, const Notes& notes) = 0;

  /// Verdicts of the steps behind `last`.
  virtual Result<std::uint64_t> count_behind(StepIndex last) = 0;

  /// `last` is the last step from now on: what it gave are results again, what came behind it
  /// counts no more; how many verdicts that is. The notes are replaced with it.
  virtual Result<std::uint64_t> drop_behind(StepIndex last, const Notes& notes) = 0;

  /// Read a source from its beginning to its end and match it with what is settled; nothing is
  /// changed yet. Temporary files stand in the ledger's folder. Errors: also those of the source.
  virtual Result<SourceChange> match_source(Source& source, Identity identity) = 0;

  /// Begin the generation that the last match_source() found. REQUIRES: there was one.
  virtual Status begin_generation() = 0;

  /// Replace a note, as Ledger::put_note().
  virtual Status put_note(const std::string& name, const std::string& text) = 0;
};

/// Errors: invalid "ledger.missing"; rejected "lock.held" (an engine is running), "ledger.foreign",
/// "ledger.newer"; corrupt; system.
Result<std::unique_ptr<LedgerEditor>> open_ledger_editor(const std::filesystem::path& folder);

}  // namespace penstock
