// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A file that stands exactly where a cursor says.
#include "sinks/cut_file.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace penstock::sinks {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} << 10U;

std::filesystem::path folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? std::filesystem::path(".") : folder;
}

}  // namespace

CutFile::CutFile(std::string path) : path_(std::move(path)), aside_path_(path_ + ".rebuild") {}

CutFile::~CutFile() {
  // The run ends with the sync that completed the file. If this fails, the next open() does it.
  if (stage_ == Stage::complete) (void)take_place();
}

Result<CutFile::Standing> CutFile::open(const SinkCursor& cursor) {
  if (cursor.inode != 0) {
    PENSTOCK_TRY(named, go_on(path_, cursor));
    if (named == Standing::goes_on) return Standing::goes_on;
    PENSTOCK_TRY(aside, go_on(aside_path_, cursor));
    if (aside == Standing::goes_on) {
      stage_ = Stage::complete;
      return Standing::goes_on;
    }
    PENSTOCK_TRY(state, os::file_state(path_));
    if (!named && state && state->size_bytes > 0) {
      return foreign("it was replaced since this run wrote it");
    }
    if (cursor.seq > 0) {
      PENSTOCK_CHECK(begin_aside(cursor.inode));
      return Standing::anew;
    }
  }
  PENSTOCK_CHECK(begin(path_));
  return Standing::goes_on;
}

// Nothing: the cursor's file is not at this path. `anew`: it is, but some of it is gone.
Result<std::optional<CutFile::Standing>> CutFile::go_on(const std::string& path,
                                                        const SinkCursor& cursor) {
  PENSTOCK_TRY(file, os::File::open_if_exists(path, os::FileMode::update));
  if (!file) return std::optional<Standing>();
  PENSTOCK_TRY(state, file->state());
  if (state.inode != cursor.inode) return std::optional<Standing>();
  if (state.size_bytes < cursor.length_bytes) return std::optional(Standing::anew);

  // A row ends before the cut, or this is another file that was given the same inode.
  char last = '\n';
  if (cursor.length_bytes > 0) {
    PENSTOCK_CHECK(file->read_at(cursor.length_bytes - 1, std::span(&last, 1)));
  }
  if (last != '\n') return foreign("it was changed since this run wrote it");
  if (state.size_bytes > cursor.length_bytes) PENSTOCK_CHECK(file->truncate(cursor.length_bytes));
  file_ = std::move(*file);
  written_bytes_ = cursor.length_bytes;
  return std::optional(Standing::goes_on);
}

// An empty file is nobody's: it may be what a crash left of ours.
Status CutFile::begin(const std::string& path) {
  PENSTOCK_TRY(file, os::File::open(path, os::FileMode::update_or_create));
  PENSTOCK_TRY(state, file.state());
  if (state.size_bytes > 0) return foreign("it is no file of this run");
  file_ = std::move(file);
  name_is_new_ = true;
  return ok();
}

// Never with the inode of the lost file, which is free to be given again: half of a new file must
// not look like that one.
Status CutFile::begin_aside(std::uint64_t lost_inode) {
  PENSTOCK_CHECK(os::remove_file(aside_path_));
  PENSTOCK_CHECK(begin(aside_path_));
  PENSTOCK_TRY(state, file_->state());
  if (state.inode == lost_inode) {
    const os::File holds_the_inode = std::move(*file_);
    PENSTOCK_CHECK(os::remove_file(aside_path_));
    PENSTOCK_CHECK(begin(aside_path_));
  }
  stage_ = Stage::aside;
  return ok();
}

Result<std::string> CutFile::beginning(std::size_t bytes_max) const {
  std::string bytes(std::min<std::uint64_t>(bytes_max, written_bytes_), '\0');
  PENSTOCK_TRY(count, file_->read_at(0, bytes));
  bytes.resize(count);
  return bytes;
}

Status CutFile::append(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? ok() : flush();
}

Status CutFile::flush() {
  if (stage_ == Stage::complete) PENSTOCK_CHECK(take_place());
  if (buffer_.empty()) return ok();
  PENSTOCK_CHECK(file_->write_at(written_bytes_, buffer_));
  written_bytes_ += buffer_.size();
  buffer_.clear();
  return ok();
}

Result<SinkCursor> CutFile::sync() {
  PENSTOCK_CHECK(flush());
  PENSTOCK_CHECK(file_->sync());
  if (std::exchange(name_is_new_, false)) PENSTOCK_CHECK(os::sync_folder(folder_of(path_)));
  PENSTOCK_CHECK(check_still_there());
  PENSTOCK_TRY(state, file_->state());
  if (stage_ == Stage::aside) stage_ = Stage::complete;
  return SinkCursor{.length_bytes = written_bytes_, .inode = state.inode};
}

Status CutFile::take_place() {
  PENSTOCK_CHECK(os::rename_file(aside_path_, path_));
  PENSTOCK_TRY(file, os::File::open(path_, os::FileMode::update));
  file_ = std::move(file);  // The same file, with its new name in messages.
  stage_ = Stage::named;
  name_is_new_ = true;
  return ok();
}

// A file that was removed, replaced or cut while it was written takes rows with it that the ledger
// believes to be there.
Status CutFile::check_still_there() const {
  PENSTOCK_TRY(named, os::file_state(stage_ == Stage::named ? path_ : aside_path_));
  PENSTOCK_TRY(ours, file_->state());
  const bool is_there = named && named->inode == ours.inode && named->device == ours.device;
  if (!is_there) return foreign("it was removed or replaced while this run wrote it");
  if (ours.size_bytes != written_bytes_) return foreign("somebody else changed its length");
  return ok();
}

Error CutFile::foreign(std::string_view why) const {
  return Error{.code = Errc::rejected,
               .message = "write " + path_ + ": " + std::string(why) +
                          "; remove it or move it away, choose another name, or start over with "
                          "--fresh",
               .kind = "output.foreign"};
}

}  // namespace penstock::sinks
