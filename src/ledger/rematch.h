// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which items of a changed source are settled already? Old and new fingerprints are sorted on disk
// and merged: the n-th of equal ones is the n-th. It knows no database.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>
#include <penstock/ledger_editor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "os/disk_sort.h"

namespace penstock::ledger {

/// Calls: (add_old | drop_old | add_new)* match next_carried* next_removed*
///
/// Memory: about 7 MiB. Disk: 40 bytes for each old and each new item, and for each that is
/// carried. Errors of all members: no_space, system. Threads: one, but that add_old() may be called
/// beside add_new(). Blocks: on the disk.
class Rematch {
 public:
  explicit Rematch(const std::filesystem::path& folder);

  /// A settled item. Equal ones in the order in which they are to be found again.
  Status add_old(const Fingerprint& identity, const Fingerprint& content, Seq seq);

  /// A settled item that is none any more, whatever the source has; it is counted nowhere.
  Status drop_old(Seq seq);

  /// An item of the source, in its order.
  Status add_new(const Fingerprint& identity, const Fingerprint& content, std::uint64_t ordinal);

  /// Items whose content is another are changed: old ones are removed, new ones are fresh.
  Result<SourceChange> match();

  struct Carried {
    std::uint64_t ordinal = 0;
    Seq seq{};
    Fingerprint content;
  };

  /// By ordinal; nothing behind the last.
  Result<std::optional<Carried>> next_carried();

  /// What is in the source no more, or changed, by seq; nothing behind the last.
  Result<std::optional<Seq>> next_removed();
  bool has_removed() const noexcept { return removed_.size() > 0; }

 private:
  Status pair(const os::DiskSort::Record& old_one, const os::DiskSort::Record& new_one);
  Status remove(const os::DiskSort::Record& old_one);

  os::DiskSort old_;
  os::DiskSort new_;
  os::DiskSort carried_;
  os::DiskSort removed_;
  SourceChange change_;
};

}  // namespace penstock::ledger
