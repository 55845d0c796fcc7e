// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Append-only files for outputs that do not belong into rows. A place is acknowledged only by a
// transaction that names it, and that must come after sync(). Format: docs/formats/ledger.md.
#pragma once

#include <penstock/error.h>
#include <penstock/item.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "os/file.h"

namespace penstock::ledger {

/// Where an output stands: segment << 32 | offset of its frame. Zero: nowhere.
enum class Place : std::uint64_t {};

enum class Keep : std::uint8_t {
  until_rendered,
  always,
};

/// What the ledger's table says of one segment.
struct SegmentState {
  std::uint64_t number = 0;
  std::uint64_t length_bytes = 0;  ///< Acknowledged.
  std::uint64_t last_seq = 0;
  Keep keep = Keep::always;
};

/// Writes segments. Calls: (append* sync?)* where changed() after sync() is what a transaction
/// has to store.
/// Errors of all members: no_space, system. Threads: one. Blocks: on the disk.
class SegmentWriter {
 public:
  static constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{256} << 20U;

  /// Go on behind what is acknowledged: cut the rest, remove files that nobody knows. `last_number`
  /// was given to a segment that may be gone; places in it must not come to mean another one.
  static Result<SegmentWriter> open(std::filesystem::path folder, std::vector<SegmentState> known,
                                    std::uint64_t last_number);

  Result<Place> append(Seq seq, std::string_view text, Keep keep);

  /// Everything appended is on disk; a no-op if that is so already.
  Status sync();

  /// Segments that have grown since the last call, as they are now.
  std::vector<SegmentState> take_changed();

  /// Segments of Keep::until_rendered that hold nothing behind `seq`, and are not written any more:
  /// what was being written ends here. They are forgotten; remove() their files later.
  std::vector<std::uint64_t> take_rendered(std::uint64_t seq);

  Status remove(std::uint64_t number);

  std::uint64_t last_number() const noexcept { return next_number_ - 1; }

  /// Whether there are outputs that only wait for being rendered.
  bool has_passing() const noexcept;

 private:
  struct Segment {
    SegmentState state;
    os::File file;
    std::string unwritten;
    bool unsynced = false;
    bool changed = false;
    bool ended = false;  // Nothing more is appended.
  };

  explicit SegmentWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Status adopt(const SegmentState& known);
  Status remove_unknown(const std::vector<SegmentState>& known);
  Result<Segment*> writable(Keep keep);
  Status write_out(Segment& segment);

  std::filesystem::path folder_;
  std::vector<Segment> active_;                     // At most one of a kind is not ended.
  std::map<std::uint64_t, std::uint64_t> passing_;  // Ended, until rendered: number -> last seq.
  std::uint64_t next_number_ = 1;
  bool folder_exists_ = false;
  bool folder_changed_ = false;
};

/// Reads what `place` names. Keeps the last file open. Threads: one.
class SegmentReader {
 public:
  explicit SegmentReader(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Nothing if there is no such file: then it was not kept, or somebody removed it.
  /// Errors: corrupt "ledger.corrupt" (with file and offset), system.
  Result<std::optional<std::string>> read(Seq seq, Place place);

  /// Forget open files that may have been removed.
  void forget() { file_.reset(); }

 private:
  std::filesystem::path folder_;
  std::uint64_t number_ = 0;
  std::optional<os::File> file_;
};

/// "000001.seg"
std::string segment_name(std::uint64_t number);

std::uint64_t segment_of(Place place) noexcept;

}  // namespace penstock::ledger
