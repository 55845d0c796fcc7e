// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Sorted runs and their merge.
#include "sources/key_spill.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <queue>
#include <span>
#include <string_view>
#include <utility>

namespace penstock::sources {

// Walks one sorted run of the file, a buffer at a time.
class KeySpill::Run {
 public:
  Run(const os::File& file, std::uint64_t begin, std::uint64_t end, std::size_t buffer_entries)
      : file_(file), next_(begin), end_(end), buffer_(buffer_entries) {}

  // The next entry, or nothing at the end of the run.
  Result<std::optional<Entry>> next() {
    if (at_ == filled_) PENSTOCK_CHECK(fill());
    if (at_ == filled_) return std::optional<Entry>();
    return std::optional<Entry>(buffer_[at_++]);
  }

 private:
  Status fill() {
    at_ = 0;
    filled_ = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), end_ - next_));
    const std::span<char> room(reinterpret_cast<char*>(buffer_.data()), filled_ * sizeof(Entry));
    PENSTOCK_TRY(bytes, file_.read_at(next_ * sizeof(Entry), room));
    next_ += filled_;
    if (bytes == room.size()) return ok();
    return Error{.code = Errc::system,
                 .message = "read " + file_.name() + ": it was cut",
                 .kind = "system.census"};
  }

  const os::File& file_;
  std::uint64_t next_;
  const std::uint64_t end_;
  std::vector<Entry> buffer_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
};

// Sees all entries in order, so equal keys come one after the other, the first one first.
class KeySpill::Finder {
 public:
  Status see(const Entry& entry) {
    if (!first_ || first_->key != entry.key) {
      first_ = entry;
      return ok();
    }
    if (found_.size() == Census::kDuplicatesMax) {
      return Error{.code = Errc::invalid,
                   .message = fmt::format("more than {} items have the key of an earlier one; "
                                          "another column may be the key",
                                          Census::kDuplicatesMax),
                   .kind = "input.key"};
    }
    found_.push_back({entry.ordinal, entry.line, first_->ordinal, first_->line});
    return ok();
  }

  std::vector<DuplicateKey> take() {
    std::sort(found_.begin(), found_.end(),
              [](const auto& a, const auto& b) { return a.ordinal < b.ordinal; });
    return std::move(found_);
  }

 private:
  std::optional<Entry> first_;
  std::vector<DuplicateKey> found_;
};

KeySpill::KeySpill(const CensusOptions& options)
    : options_(options),
      entries_max_(std::max<std::size_t>(options.memory_bytes / sizeof(Entry), 1)) {}

Status KeySpill::add(const Fingerprint& key, std::uint64_t ordinal, std::uint64_t line) {
  entries_.push_back({key, ordinal, line});
  return entries_.size() < entries_max_ ? ok() : spill();
}

Status KeySpill::spill() {
  if (!file_) {
    const std::filesystem::path path = std::filesystem::path(options_.folder) / "census.tmp";
    PENSTOCK_CHECK(os::remove_file(path));
    PENSTOCK_TRY(file, os::File::open(path, os::FileMode::create_new));
    file_ = std::move(file);
    PENSTOCK_CHECK(os::remove_file(path));  // Nothing is left behind, however this ends.
  }
  std::sort(entries_.begin(), entries_.end());
  PENSTOCK_CHECK(file_->write_all(std::string_view(reinterpret_cast<const char*>(entries_.data()),
                                                   entries_.size() * sizeof(Entry))));
  run_ends_.push_back((run_ends_.empty() ? 0 : run_ends_.back()) + entries_.size());
  entries_.clear();
  return ok();
}

Result<std::vector<DuplicateKey>> KeySpill::duplicates() {
  Finder finder;
  if (!file_) {
    std::sort(entries_.begin(), entries_.end());
    for (const Entry& entry : entries_) PENSTOCK_CHECK(finder.see(entry));
    return finder.take();
  }
  if (!entries_.empty()) PENSTOCK_CHECK(spill());
  entries_.shrink_to_fit();

  const std::size_t buffer_entries =
      std::clamp<std::size_t>(entries_max_ / run_ends_.size(), 1, 2048);
  std::vector<Run> runs;
  using Head = std::pair<Entry, std::size_t>;  // With the number of its run.
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  for (std::uint64_t begin = 0; const std::uint64_t end : run_ends_) {
    runs.emplace_back(*file_, begin, end, buffer_entries);
    PENSTOCK_TRY(head, runs.back().next());
    heads.emplace(*head, runs.size() - 1);
    begin = end;
  }
  while (!heads.empty()) {
    const auto [entry, run] = heads.top();
    heads.pop();
    PENSTOCK_CHECK(finder.see(entry));
    PENSTOCK_TRY(next, runs[run].next());
    if (next) heads.emplace(*next, run);
  }
  return finder.take();
}

}  // namespace penstock::sources
