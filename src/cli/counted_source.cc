// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Ordinals are counted along, so that duplicates are found by a walk through a sorted list.
#include "cli/counted_source.h"

#include <fmt/format.h>

namespace penstock::cli {
namespace {

class CountedSource final : public Source {
 public:
  CountedSource(std::unique_ptr<Source> source, SourceCount count)
      : source_(std::move(source)), count_(std::move(count)) {}

  Result<SourceState> read(std::size_t items_max, std::vector<SourceItem>& out) override {
    const std::size_t before = out.size();
    PENSTOCK_TRY(state, source_->read(items_max, out));
    for (std::size_t i = before; i < out.size(); ++i) mark(out[i], ordinal_++);
    return state;
  }

  std::optional<std::uint64_t> total() const override {
    return count_.total ? count_.total : source_->total();
  }

  Status skip(std::uint64_t count) override {
    ordinal_ += count;
    return source_->skip(count);
  }

  std::uint64_t blank_lines() const override { return source_->blank_lines(); }
  Status sync_before(std::uint64_t ordinal) override { return source_->sync_before(ordinal); }
  void settled_before(std::uint64_t ordinal) override { source_->settled_before(ordinal); }
  bool incomplete() const override { return source_->incomplete(); }

 private:
  void mark(SourceItem& item, std::uint64_t ordinal) {
    const std::vector<DuplicateKey>& known = count_.duplicates;
    while (next_ < known.size() && known[next_].ordinal < ordinal) ++next_;
    if (next_ == known.size() || known[next_].ordinal != ordinal || item.bad) return;
    const DuplicateKey& duplicate = known[next_];
    item.bad =
        Error{Errc::rejected,
              fmt::format("line {} has the key of line {}", duplicate.line, duplicate.first_line),
              "input.duplicate_key"};
  }

  std::unique_ptr<Source> source_;
  SourceCount count_;
  std::uint64_t ordinal_ = 0;
  std::size_t next_ = 0;  // Duplicates before it are passed.
};

}  // namespace

std::unique_ptr<Source> make_counted_source(std::unique_ptr<Source> source, SourceCount count) {
  return std::make_unique<CountedSource>(std::move(source), std::move(count));
}

}  // namespace penstock::cli
