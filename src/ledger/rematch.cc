// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A record of an old or new item: identity (2 words), its number, content (2 words). Of one that is
// carried: its ordinal, the old seq, content.
#include "ledger/rematch.h"

#include <algorithm>
#include <utility>

namespace penstock::ledger {
namespace {

using Record = os::DiskSort::Record;

constexpr std::size_t kItemsBytes = std::size_t{2} << 20U;
constexpr std::size_t kResultBytes = std::size_t{1} << 20U;
constexpr std::size_t kNumber = 2;

bool same_content(const Record& a, const Record& b) { return a[3] == b[3] && a[4] == b[4]; }

bool identity_before(const Record& a, const Record& b) {
  return std::pair(a[0], a[1]) < std::pair(b[0], b[1]);
}

}  // namespace

Rematch::Rematch(const std::filesystem::path& folder)
    : old_(folder / "old.tmp", kItemsBytes),
      new_(folder / "new.tmp", kItemsBytes),
      carried_(folder / "carried.tmp", kItemsBytes),
      removed_(folder / "removed.tmp", kResultBytes) {}

Status Rematch::add_old(const Fingerprint& identity, const Fingerprint& content, Seq seq) {
  return old_.add({identity.words[0], identity.words[1], static_cast<std::uint64_t>(seq),
                   content.words[0], content.words[1]});
}

Status Rematch::drop_old(Seq seq) {
  return removed_.add({static_cast<std::uint64_t>(seq), 0, 0, 0, 0});
}

Status Rematch::add_new(const Fingerprint& identity, const Fingerprint& content,
                        std::uint64_t ordinal) {
  return new_.add(
      {identity.words[0], identity.words[1], ordinal, content.words[0], content.words[1]});
}

Result<SourceChange> Rematch::match() {
  PENSTOCK_CHECK(old_.finish());
  PENSTOCK_CHECK(new_.finish());
  PENSTOCK_TRY(old_one, old_.next());
  PENSTOCK_TRY(new_one, new_.next());
  while (old_one || new_one) {
    const bool takes_old = old_one && (!new_one || !identity_before(*new_one, *old_one));
    const bool takes_new = new_one && (!old_one || !identity_before(*old_one, *new_one));
    if (takes_old && takes_new) {
      PENSTOCK_CHECK(pair(*old_one, *new_one));
    } else if (takes_old) {
      ++change_.removed;
      PENSTOCK_CHECK(remove(*old_one));
    } else {
      ++change_.fresh;
    }
    if (takes_old) {
      PENSTOCK_TRY(next, old_.next());
      old_one = next;
    }
    if (takes_new) {
      PENSTOCK_TRY(next, new_.next());
      new_one = next;
    }
  }
  PENSTOCK_CHECK(carried_.finish());
  PENSTOCK_CHECK(removed_.finish());
  return change_;
}

Status Rematch::pair(const Record& old_one, const Record& new_one) {
  if (!same_content(old_one, new_one)) {
    ++change_.changed;
    ++change_.fresh;
    return remove(old_one);
  }
  ++change_.carried;
  return carried_.add({new_one[kNumber], old_one[kNumber], new_one[3], new_one[4], 0});
}

Status Rematch::remove(const Record& old_one) { return drop_old(Seq{old_one[kNumber]}); }

Result<std::optional<Rematch::Carried>> Rematch::next_carried() {
  PENSTOCK_TRY(record, carried_.next());
  if (!record) return std::optional<Carried>();
  return std::optional<Carried>(Carried{.ordinal = (*record)[0],
                                        .seq = Seq{(*record)[1]},
                                        .content = {{(*record)[2], (*record)[3]}}});
}

Result<std::optional<Seq>> Rematch::next_removed() {
  PENSTOCK_TRY(record, removed_.next());
  if (!record) return std::optional<Seq>();
  return std::optional<Seq>(Seq{(*record)[0]});
}

}  // namespace penstock::ledger
