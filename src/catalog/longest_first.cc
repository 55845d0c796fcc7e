// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A table in a temporary SQLite file is the sorter: it spills by itself, and an index on (size,
// place) gives the order without a second copy of the items.
#include "catalog/longest_first.h"

#include <utility>
#include <vector>

#include "core/fingerprint.h"
#include "os/temp_folder.h"
#include "sinks/database.h"

namespace penstock::catalog {
namespace {

using sinks::Database;
using sinks::Statement;

constexpr std::size_t kBatchItems = 1000;

class SortedSource final : public Source {
 public:
  SortedSource(os::TempFolder folder, Database database)
      : folder_(std::move(folder)), database_(std::move(database)) {}

  /// Read all of `source`. The table is nobody's but ours: it needs no journal and no sync.
  Status fill(Source& source, const ItemSize& size) {
    PENSTOCK_CHECK(database_.execute(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE item(place INTEGER "
        "PRIMARY KEY, size INTEGER, line INTEGER, value TEXT, key TEXT, content TEXT, kind TEXT, "
        "error TEXT); BEGIN"));
    PENSTOCK_TRY(insert, database_.prepare("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
    for (SourceState state = SourceState::items; state != SourceState::end;) {
      std::vector<SourceItem> items;
      PENSTOCK_TRY(next, source.read(kBatchItems, items));
      state = next;
      for (const SourceItem& item : items) PENSTOCK_CHECK(add(insert, item, size(item)));
    }
    blank_lines_ = source.blank_lines();
    PENSTOCK_CHECK(database_.execute("COMMIT; CREATE INDEX by_size ON item(size DESC, place)"));
    PENSTOCK_TRY(select,
                 database_.prepare("SELECT line, value, key, content, kind, error FROM item "
                                   "INDEXED BY by_size ORDER BY size DESC, place"));
    select_ = std::move(select);
    return ok();
  }

  Result<SourceState> read(std::size_t items_max, std::vector<SourceItem>& out) override {
    for (; items_max > 0 && given_ < total_; --items_max) {
      PENSTOCK_TRY(found, select_.step());
      if (!found) break;
      out.push_back(current());
      ++given_;
    }
    return given_ < total_ ? SourceState::items : SourceState::end;
  }

  std::optional<std::uint64_t> total() const override { return total_; }

  Status skip(std::uint64_t count) override {
    for (; count > 0 && given_ < total_; --count, ++given_) PENSTOCK_CHECK(select_.step());
    return ok();
  }

  std::uint64_t blank_lines() const override { return blank_lines_; }

 private:
  Status add(Statement& insert, const SourceItem& item, std::uint64_t size) {
    insert.bind(1, static_cast<std::int64_t>(total_++));
    insert.bind(2, static_cast<std::int64_t>(size));
    insert.bind(3, static_cast<std::int64_t>(item.line));
    insert.bind(4, item.value);
    insert.bind(5, item.key);
    insert.bind(6, to_hex(item.content));
    insert.bind(7, item.bad ? item.bad->kind : "");
    insert.bind(8, item.bad ? item.bad->message : "");
    return insert.run();
  }

  SourceItem current() const {
    SourceItem item;
    item.line = static_cast<std::uint64_t>(select_.integer(0));
    item.value = select_.text(1);
    item.key = select_.text(2);
    item.content = fingerprint_from_hex(select_.text(3)).value_or(Fingerprint{});
    if (!select_.text(4).empty())
      item.bad = Error{Errc::invalid, std::string(select_.text(5)), std::string(select_.text(4))};
    return item;
  }

  os::TempFolder folder_;  // Goes after the database that is in it.
  Database database_;
  Statement select_;
  std::uint64_t total_ = 0;
  std::uint64_t given_ = 0;
  std::uint64_t blank_lines_ = 0;
};

}  // namespace

Result<std::unique_ptr<Source>> sort_longest_first(std::unique_ptr<Source> source,
                                                   const ItemSize& size,
                                                   const std::filesystem::path& folder) {
  PENSTOCK_TRY(own, os::TempFolder::create(folder));
  PENSTOCK_TRY(database, Database::open((own.path() / "order.db").string()));
  auto sorted = std::make_unique<SortedSource>(std::move(own), std::move(database));
  PENSTOCK_CHECK(sorted->fill(*source, size));
  return std::unique_ptr<Source>(std::move(sorted));
}

}  // namespace penstock::catalog
