// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Runs and their merge. Both look at the first word mostly, which is a hash or a number: records go
// to their bucket by it before any two are compared, and the heap of the runs holds it.
#include "os/disk_sort.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include "os/file.h"

namespace penstock::os {
namespace {

/// A file without a name: nothing is left behind, however this ends.
Result<File> nameless_file(const std::filesystem::path& path) {
  PENSTOCK_CHECK(remove_file(path));
  PENSTOCK_TRY(file, File::open(path, FileMode::create_new));
  PENSTOCK_CHECK(remove_file(path));
  return std::move(file);
}

using Record = DiskSort::Record;

constexpr std::size_t kRecordsOfBucket = 8;

/// Equal parts of the range between two first words.
class Buckets {
 public:
  explicit Buckets(std::span<const Record> records) {
    for (const Record& record : records) {
      least_ = std::min(least_, record[0]);
      greatest_ = std::max(greatest_, record[0]);
    }
    const std::uint64_t wanted = std::max<std::uint64_t>(records.size() / kRecordsOfBucket, 1);
    while ((greatest_ - least_) >> shift_ >= wanted) ++shift_;
  }
  std::size_t size() const noexcept {
    return static_cast<std::size_t>((greatest_ - least_) >> shift_) + 1;
  }
  std::size_t of(const Record& record) const noexcept {
    return static_cast<std::size_t>((record[0] - least_) >> shift_);
  }

 private:
  std::uint64_t least_ = UINT64_MAX;
  std::uint64_t greatest_ = 0;
  unsigned shift_ = 0;
};

/// In place: every record is swapped into its bucket, then the small buckets are sorted.
void sort_run(std::span<Record> records) {
  if (records.size() < 2 * kRecordsOfBucket) return std::sort(records.begin(), records.end());
  const Buckets buckets(records);
  std::vector<std::uint32_t> ends(buckets.size());
  for (const Record& record : records) ++ends[buckets.of(record)];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<std::uint32_t> free(ends.size());  // The first place of each that is not settled.
  std::copy(ends.begin(), ends.end() - 1, free.begin() + 1);
  for (std::size_t bucket = 0; bucket < ends.size(); ++bucket) {
    while (free[bucket] < ends[bucket]) {
      const std::size_t home = buckets.of(records[free[bucket]]);
      if (home != bucket) std::swap(records[free[bucket]], records[free[home]]);
      ++free[home];
    }
  }
  std::uint32_t begin = 0;
  for (const std::uint32_t end : ends) {
    std::sort(records.begin() + begin, records.begin() + end);
    begin = end;
  }
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
    for (Head& head : heads_) {
      if (!head.is_empty()) heap_.push_back({head.record()[0], &head});
    }
    std::make_heap(heap_.begin(), heap_.end(), later);
    return ok();
  }

  Result<std::optional<Record>> next() {
    if (heap_.empty()) return std::optional<Record>();
    Head& head = *heap_.front().head;
    const Record record = head.record();
    ++head.at;
    if (head.is_empty()) PENSTOCK_CHECK(fill(head));
    if (head.is_empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      heap_.pop_back();
    } else {
      heap_.front().first_word = head.record()[0];
      sink();
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
    const Record& record() const noexcept { return buffer[at]; }
  };
  struct Entry {
    std::uint64_t first_word = 0;
    Head* head = nullptr;
  };

  static bool later(const Entry& a, const Entry& b) noexcept {
    if (a.first_word != b.first_word) return a.first_word > b.first_word;
    return a.head->record() > b.head->record();
  }

  /// The first entry has become larger: it goes down to its place.
  void sink() noexcept {
    const Entry sinking = heap_.front();
    std::size_t place = 0;
    for (std::size_t child = 1; child < heap_.size(); child = 2 * place + 1) {
      if (child + 1 < heap_.size() && later(heap_[child], heap_[child + 1])) ++child;
      if (!later(sinking, heap_[child])) break;
      heap_[place] = heap_[child];
      place = child;
    }
    heap_[place] = sinking;
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
  std::vector<Entry> heap_;
};

DiskSort::DiskSort(std::filesystem::path path, std::size_t memory_bytes)
    : path_(std::move(path)),
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
    PENSTOCK_TRY(file, nameless_file(path_));
    runs_.reset(new Runs{.file = std::move(file), .ends = {}});
  }
  sort_run(records_);
  PENSTOCK_CHECK(runs_->append(records_));
  runs_->ends.push_back(size_);
  records_.clear();
  return ok();
}

Status DiskSort::finish() {
  if (!runs_) {
    sort_run(records_);
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
  PENSTOCK_TRY(file, nameless_file(path_));
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
