// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Text inputs of every format.
#include "sources/text_source.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "os/file.h"
#include "sources/pipe_stream.h"
#include "sources/text_stream.h"
#include "sources/unpack.h"

namespace penstock::sources {
namespace {

// How far a pipe may be read: it remembers where the items begin that are not settled yet.
class ReadAhead {
 public:
  /// Items from `ordinal` on are made of bytes from `offset_bytes` on.
  void begin(std::uint64_t ordinal, std::uint64_t offset_bytes) {
    const bool is_marked = !marks_.empty() && marks_.back().ordinal == ordinal;
    if (!is_marked) marks_.push_back({ordinal, offset_bytes});
  }

  void settled_before(std::uint64_t ordinal) {
    settled_ = std::max(settled_, ordinal);
    while (marks_.size() > 1 && marks_[1].ordinal <= settled_) marks_.pop_front();
  }

  bool has_room(std::uint64_t ordinal, std::uint64_t offset_bytes) const {
    if (ordinal <= settled_) return true;  // One item at least, whatever its size.
    return ordinal - settled_ < kItemsAheadMax &&
           offset_bytes - marks_.front().offset_bytes < kBytesAheadMax;
  }

  std::uint64_t settled() const { return settled_; }

 private:
  struct Mark {
    std::uint64_t ordinal;
    std::uint64_t offset_bytes;
  };
  std::deque<Mark> marks_;
  std::uint64_t settled_ = 0;
};

class TextSource final : public Source {
 public:
  TextSource(std::vector<std::string> files, ItemReaderFactory make_reader)
      : files_(std::move(files)), make_reader_(std::move(make_reader)) {}

  TextSource(std::unique_ptr<PipeStream> pipe, Waker* waker, ItemReaderFactory make_reader)
      : make_reader_(std::move(make_reader)), pipe_(pipe.get()), waker_(waker) {
    reader_ = make_reader_(text_of(unpacked(std::move(pipe))));
  }

  Result<SourceState> read(std::size_t items_max, std::vector<SourceItem>& out) override {
    PENSTOCK_CHECK(skip(0));
    if (skip_left_ > 0) return SourceState::waiting;
    const bool live = pipe_ != nullptr && pipe_->is_live();
    if (live) ahead_.begin(given(), pipe_->read_bytes());
    while (items_max > 0) {
      if (live && !ahead_.has_room(given(), pipe_->read_bytes())) {
        held_back_ = true;
        return SourceState::waiting;
      }
      // Made in place: an item is too large to be moved for nothing.
      auto state = next(&out.emplace_back());
      if (!state || *state != SourceState::items) {
        out.pop_back();
        return state;
      }
      --items_max;
    }
    return SourceState::items;
  }

  std::optional<std::uint64_t> total() const override { return std::nullopt; }

  Status skip(std::uint64_t count) override {
    skip_left_ += count;
    const bool all_settled = ahead_.settled() == given();
    while (skip_left_ > 0) {
      PENSTOCK_TRY(state, next(nullptr));
      if (state == SourceState::waiting) break;
      if (state == SourceState::end) skip_left_ = 1;
      --skip_left_;
    }
    if (all_settled) ahead_.settled_before(given());
    return ok();
  }

  std::uint64_t blank_lines() const override {
    return blank_lines_ + (reader_ ? reader_->blank_lines() : 0);
  }

  Status sync_before(std::uint64_t ordinal) override {
    if (pipe_ == nullptr || ordinal <= synced_) return ok();
    const std::uint64_t covered = given_.load(std::memory_order_acquire);
    PENSTOCK_CHECK(pipe_->sync());
    synced_ = covered;
    return ok();
  }

  void settled_before(std::uint64_t ordinal) override {
    ahead_.settled_before(ordinal);
    if (!std::exchange(held_back_, false)) return;
    waker_->wake(Event::source_ready);
  }

  bool incomplete() const override { return pipe_ != nullptr && pipe_->incomplete(); }

 private:
  std::uint64_t given() const { return given_.load(std::memory_order_relaxed); }

  // The next item of all files, made if there is a place for it.
  Result<SourceState> next(SourceItem* item) {
    for (;;) {
      if (!reader_) {
        if (next_file_ == files_.size()) return SourceState::end;
        PENSTOCK_TRY(file, open_file_stream(files_[next_file_++]));
        reader_ = make_reader_(text_of(unpacked(std::move(file))));
      }
      PENSTOCK_TRY(state, item != nullptr ? reader_->next(*item) : reader_->pass());
      // One thread counts, so it needs no locked addition.
      if (state == SourceState::items) given_.store(given() + 1, std::memory_order_release);
      if (state != SourceState::end || pipe_ != nullptr) return state;
      blank_lines_ += reader_->blank_lines();
      reader_.reset();
    }
  }

  // Constant after construction.
  const std::vector<std::string> files_;
  const ItemReaderFactory make_reader_;
  PipeStream* const pipe_ = nullptr;  // In reader_, which then stays.
  Waker* const waker_ = nullptr;

  // Owner only.
  std::unique_ptr<ItemReader> reader_;
  std::size_t next_file_ = 0;
  std::uint64_t skip_left_ = 0;
  std::uint64_t blank_lines_ = 0;  // Of files that are done.
  ReadAhead ahead_;
  bool held_back_ = false;

  // Shared with sync_before().
  std::atomic<std::uint64_t> given_{0};
  std::atomic<std::uint64_t> synced_{0};
};

}  // namespace

Result<std::unique_ptr<Source>> open_text_source(TextInput input, ItemReaderFactory make_reader) {
  if (!input.pipe.spool.empty()) {
    Waker* const waker = input.pipe.waker;
    PENSTOCK_TRY(pipe, PipeStream::open(std::move(input.pipe)));
    return std::unique_ptr<Source>(
        std::make_unique<TextSource>(std::move(pipe), waker, std::move(make_reader)));
  }
  for (const std::string& file : input.files) PENSTOCK_CHECK(open_file_stream(file));
  return std::unique_ptr<Source>(
      std::make_unique<TextSource>(std::move(input.files), std::move(make_reader)));
}

}  // namespace penstock::sources
