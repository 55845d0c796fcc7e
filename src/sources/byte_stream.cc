// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Files as byte streams, and a look at a stream's first bytes.
#include "sources/byte_stream.h"

#include <algorithm>
#include <utility>

#include "os/file.h"

namespace penstock::sources {
namespace {

class FileStream final : public ByteStream {
 public:
  explicit FileStream(os::File file) : file_(std::move(file)) {}
  Result<std::optional<std::size_t>> read(std::span<char> room) override {
    return file_.read_some(room);
  }
  const std::string& name() const override { return file_.name(); }

 private:
  os::File file_;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> open_file_stream(const std::string& path) {
  PENSTOCK_TRY(file, os::File::open(path, os::FileMode::read));
  return std::unique_ptr<ByteStream>(std::make_unique<FileStream>(std::move(file)));
}

Result<std::optional<std::string_view>> PeekStream::peek(std::size_t count) {
  while (peeked_.size() < count) {
    const std::size_t filled = peeked_.size();
    peeked_.resize(count);
    auto read = stream_->read(std::span(peeked_).subspan(filled));
    peeked_.resize(filled + (read && *read ? **read : 0));
    if (!read) return std::move(read.error());
    if (!*read) return std::optional<std::string_view>();
    if (**read == 0) break;
  }
  return std::optional<std::string_view>(std::string_view(peeked_).substr(0, count));
}

Result<std::optional<std::size_t>> PeekStream::read(std::span<char> room) {
  if (peeked_.empty()) return stream_->read(room);
  const std::size_t count = std::min(room.size(), peeked_.size());
  std::copy_n(peeked_.data(), count, room.data());
  peeked_.erase(0, count);
  return std::optional<std::size_t>(count);
}

}  // namespace penstock::sources
