// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Runs and their merge: a heap of the runs by their smallest record.
#include "os/disk_sort.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "os/file.h"

namespace penstock::os {
namespace {

/// A file without a name: nothing is left behind, however this ends.
Result<File> nameless_file(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "sort.tmp";
  PENSTOCK_CHECK(remove_file(path));
  PENSTOCK_TRY(file, File::open(path, FileMode::create_new));
  PENSTOCK_CHECK(remove_file(path));
  return std::move(file);
}

}  // namespace

struct DiskSort::Runs {
  File file;
  std::vector<std::uint64_t> ends;  // In records; a run begins where the one before it ends.

  Status append(std::span<const Record> records) {
    return file.write_all(
        std::string_view(reinterpret_cast<const char*>(records.data()), records.size_bytes()));
  }
};

/// Some neighbouring runs of a file in order, a buffer of each at a time. The file is borrowed.
class DiskSort::Merge {
 public:
  Merge(const File& file, std::size_t memory_bytes) : file_(file), memory_bytes_(memory_bytes) {}

  Status open(std::span<const std::uint64_t> ends, std::uint64_t begin) {
    buffer_records_ = std::max<std::size_t>(memory_bytes_ / sizeof(Record) / ends.size(), 1);
    for (const std::uint64_t end : ends) {
      heads_.push_back(Head{.next = begin, .end = end});
      begin = end;
      PENSTOCK_CHECK(fill(heads_.back()));
    }
    for (Head& head : heads_) heap_.push_back(&head);
    std::erase_if(heap_, [](const Head* head) { return head->is_empty(); });
    std::make_heap(heap_.begin(), heap_.end(), later);
    return ok();
  }

  Result<std::optional<Record>> next() {
    if (heap_.empty()) return std::optional<Record>();
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Head& head = *heap_.back();
    const Record record = head.buffer[head.at++];
    if (head.is_empty()) PENSTOCK_CHECK(fill(head));
    if (head.is_empty()) {
      heap_.pop_back();
    } else {
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
    return std::optional<Record>(record);
  }

 private:
  struct Head {
    std::uint64_t next = 0;  // In the file, behind the buffer.
    std::uint64_t end = 0;
    std::vector<Record> buffer;
    std::size_t at = 0;
    bool is_empty() const noexcept { return at == buffer.size(); }
  };

  static bool later(const Head* a, const Head* b) noexcept {
    return a->buffer[a->at] > b->buffer[b->at];
  }

  Status fill(Head& head) {
    const auto count = std::min<std::uint64_t>(buffer_records_, head.end - head.next);
    head.buffer.resize(static_cast<std::size_t>(count));
    head.at = 0;
    const std::span<char> room(reinterpret_cast<char*>(head.buffer.data()),
                               head.buffer.size() * sizeof(Record));
    PENSTOCK_TRY(bytes, file_.read_at(head.next * sizeof(Record), room));
    head.next += count;
    if (bytes == room.size()) return ok();
    return Error{.code = Errc::system,
                 .message = "read " + file_.name() + ": it was cut",
                 .kind = "system.sort"};
  }

  const File& file_;
  const std::size_t memory_bytes_;
  std::size_t buffer_records_ = 1;
  std::vector<Head> heads_;
  std::vector<Head*> heap_;
};

DiskSort::DiskSort(std::filesystem::path folder, std::size_t memory_bytes)
    : folder_(std::move(folder)),
      records_max_(std::max<std::size_t>(memory_bytes / sizeof(Record), 2)) {}
DiskSort::DiskSort(DiskSort&&) noexcept = default;
DiskSort& DiskSort::operator=(DiskSort&&) noexcept = default;
DiskSort::~DiskSort() = default;

Status DiskSort::add(const Record& record) {
  if (records_.empty()) records_.reserve(records_max_);  // Doubling would hold twice as much.
  records_.push_back(record);
  ++size_;
  return records_.size() < records_max_ ? ok() : spill();
}

Status DiskSort::spill() {
  if (!runs_) {
    PENSTOCK_TRY(file, nameless_file(folder_));
    runs_.reset(new Runs{.file = std::move(file), .ends = {}});
  }
  std::sort(records_.begin(), records_.end());
  PENSTOCK_CHECK(runs_->append(records_));
  runs_->ends.push_back(size_);
  records_.clear();
  return ok();
}

Status DiskSort::finish() {
  if (!runs_) {
    std::sort(records_.begin(), records_.end());
    return ok();
  }
  if (!records_.empty()) PENSTOCK_CHECK(spill());
  std::vector<Record>().swap(records_);
  while (runs_->ends.size() > kRunsMax) PENSTOCK_CHECK(shorten());
  merge_ = std::make_unique<Merge>(runs_->file, records_max_ * sizeof(Record));
  return merge_->open(runs_->ends, 0);
}

/// One pass: every kRunsMax neighbouring runs become one, in a new file.
Status DiskSort::shorten() {
  PENSTOCK_TRY(file, nameless_file(folder_));
  auto longer = std::unique_ptr<Runs>(new Runs{.file = std::move(file), .ends = {}});
  std::uint64_t begin = 0;
  std::vector<Record> block;
  for (std::size_t first = 0; first < runs_->ends.size(); first += kRunsMax) {
    const std::size_t count = std::min(kRunsMax, runs_->ends.size() - first);
    const std::span<const std::uint64_t> ends(&runs_->ends[first], count);
    Merge merge(runs_->file, records_max_ * sizeof(Record) / 2);
    PENSTOCK_CHECK(merge.open(ends, begin));
    for (bool more = true; more;) {
      PENSTOCK_TRY(record, merge.next());
      more = record.has_value();
      if (more) block.push_back(*record);
      if (!block.empty() && (!more || block.size() >= records_max_ / 2)) {
        PENSTOCK_CHECK(longer->append(block));
        block.clear();
      }
    }
    begin = ends.back();
    longer->ends.push_back(begin);
  }
  runs_ = std::move(longer);
  return ok();
}

Result<std::optional<DiskSort::Record>> DiskSort::next() {
  if (merge_) return merge_->next();
  if (given_ == records_.size()) return std::optional<Record>();
  return std::optional<Record>(records_[given_++]);
}

}  // namespace penstock::os
