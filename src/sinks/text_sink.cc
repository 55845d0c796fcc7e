// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Tables in text files: a format of rows in a file that can be cut, or in a stream that cannot.
#include <penstock/sinks.h>

#include <string>
#include <utility>

#include "os/file.h"
#include "sinks/cut_file.h"
#include "sinks/row_choice.h"
#include "sinks/row_writer.h"

namespace penstock {
namespace {

using namespace sinks;

std::string name_of(const TableOptions& options, std::string_view kind) {
  return options.name.empty() ? std::string(kind) + ":" + options.path : options.name;
}

class TextFileSink final : public Sink {
 public:
  TextFileSink(std::string name, TableOptions options, std::unique_ptr<RowWriter> rows)
      : name_(std::move(name)),
        chosen_(options.rows),
        file_(std::move(options.path)),
        rows_(std::move(rows)) {}

  std::string_view name() const override { return name_; }

  Result<bool> open(const SinkCursor& cursor) override {
    PENSTOCK_TRY(standing, file_.open(cursor));
    if (standing == CutFile::Standing::anew) return false;
    seq_ = cursor.seq;
    if (file_.size_bytes() == 0) return true;
    PENSTOCK_TRY(beginning, file_.beginning(kBeginningBytesMax));
    auto status = rows_->go_on_after(beginning);
    if (status) return true;
    status.error().message = "write " + file_.path() + ": " + status.error().message;
    return std::move(status.error());
  }

  Status write(const Record& record) override {
    seq_ = static_cast<std::uint64_t>(record.seq);
    if (!is_chosen(record.status, chosen_)) return ok();
    row_.clear();
    PENSTOCK_CHECK(rows_->append(record, row_));
    return file_.append(row_);
  }

  Result<SinkCursor> sync() override {
    PENSTOCK_TRY(cursor, file_.sync());
    cursor.seq = seq_;
    return cursor;
  }

  Status flush() override { return file_.flush(); }

 private:
  const std::string name_;
  const Rows chosen_;
  CutFile file_;
  const std::unique_ptr<RowWriter> rows_;
  std::uint64_t seq_ = 0;
  std::string row_;
};

// The cursor of a stream has no inode: where it stood is all that is known. Every start of the run
// is a stream of its own, with its header row.
class StreamSink final : public Sink {
 public:
  StreamSink(const StreamOptions& options, std::unique_ptr<RowWriter> rows)
      : chosen_(options.rows),
        file_(os::Fd(options.fd), "standard output"),
        rows_(std::move(rows)) {}

  std::string_view name() const override { return "stream:standard output"; }

  Result<bool> open(const SinkCursor& cursor) override {
    seq_ = cursor.seq;
    length_bytes_ = cursor.length_bytes;
    return true;
  }

  Status write(const Record& record) override {
    seq_ = static_cast<std::uint64_t>(record.seq);
    if (!is_chosen(record.status, chosen_)) return ok();
    PENSTOCK_CHECK(rows_->append(record, buffer_));
    return buffer_.size() < kBufferBytes ? ok() : flush();
  }

  Result<SinkCursor> sync() override {
    PENSTOCK_CHECK(flush());
    return SinkCursor{.seq = seq_, .length_bytes = length_bytes_};
  }

  Status flush() override {
    PENSTOCK_CHECK(file_.write_all(buffer_));
    length_bytes_ += buffer_.size();
    buffer_.clear();
    return ok();
  }

 private:
  static constexpr std::size_t kBufferBytes = std::size_t{64} << 10U;

  const Rows chosen_;
  os::File file_;
  const std::unique_ptr<RowWriter> rows_;
  std::uint64_t seq_ = 0;
  std::uint64_t length_bytes_ = 0;
  std::string buffer_;
};

std::vector<std::string> reserved_for_csv() { return {std::string(kMoreName)}; }

}  // namespace

Result<std::unique_ptr<Sink>> make_jsonl_sink(TableOptions options) {
  PENSTOCK_TRY(columns, ColumnSet::make(options.columns, options.steps));
  std::string name = name_of(options, "jsonl");
  return std::unique_ptr<Sink>(std::make_unique<TextFileSink>(
      std::move(name), std::move(options), make_jsonl_writer(std::move(columns))));
}

Result<std::unique_ptr<Sink>> make_csv_sink(TableOptions options, CsvTableOptions csv) {
  PENSTOCK_TRY(columns, ColumnSet::make(options.columns, options.steps, reserved_for_csv()));
  std::string name = name_of(options, "csv");
  return std::unique_ptr<Sink>(std::make_unique<TextFileSink>(
      std::move(name), std::move(options), make_csv_writer(std::move(columns), csv)));
}

Result<std::unique_ptr<Sink>> make_stream_sink(StreamOptions options) {
  os::Fd owned(options.fd);
  const bool is_csv = options.format == StreamFormat::csv;
  PENSTOCK_TRY(columns, ColumnSet::make(options.columns, options.steps,
                                        is_csv ? reserved_for_csv() : std::vector<std::string>()));
  auto rows =
      is_csv ? make_csv_writer(std::move(columns), {}) : make_jsonl_writer(std::move(columns));
  options.fd = owned.release();
  return std::unique_ptr<Sink>(std::make_unique<StreamSink>(std::move(options), std::move(rows)));
}

}  // namespace penstock
