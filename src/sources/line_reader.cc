// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Lines of a stream.
#include "sources/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/utf8.h"

namespace penstock::sources {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} << 10U;
constexpr std::size_t kKeptBytes = 1024;

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteStream> stream)
    : stream_(std::move(stream)), buffer_(kBufferBytes) {}

Result<LineReader::Read> LineReader::next() {
  for (;;) {
    const void* found = std::memchr(buffer_.data() + seen_, '\n', filled_ - seen_);
    if (found != nullptr) {
      return take(static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()), 1);
    }
    seen_ = filled_;
    // One more byte than allowed may stay: it can be the CR of an ending.
    if (filled_ - begin_ > kLineBytesMax + 1) drop_beginning();
    PENSTOCK_TRY(state, fill());
    if (state == SourceState::waiting) return Read{state, {}};
    if (state == SourceState::items) continue;
    const bool nothing_left = begin_ == filled_ && dropped_bytes_ == 0;
    if (nothing_left || stream_->incomplete()) return Read{SourceState::end, {}};
    return take(filled_, 0);
  }
}

LineReader::Read LineReader::take(std::size_t end, std::size_t ending_bytes) {
  std::string_view text(buffer_.data() + begin_, end - begin_);
  if (ending_bytes > 0 && text.ends_with('\r')) text.remove_suffix(1);
  begin_ = seen_ = end + ending_bytes;
  Line line{.text = text, .number = ++lines_, .bytes = text.size() + dropped_bytes_};
  line.too_long = line.bytes > kLineBytesMax;
  if (dropped_bytes_ > 0) {
    line.text = kept_;
    dropped_bytes_ = 0;
  } else if (line.too_long) {
    line.text = utf8::truncate(text, kKeptBytes);
  }
  return Read{SourceState::items, line};
}

Result<SourceState> LineReader::fill() {
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
    filled_ -= begin_;
    seen_ -= begin_;
    begin_ = 0;
  }
  if (filled_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  PENSTOCK_TRY(count, stream_->read(std::span(buffer_).subspan(filled_)));
  if (!count) return SourceState::waiting;
  filled_ += *count;
  return *count > 0 ? SourceState::items : SourceState::end;
}

void LineReader::drop_beginning() {
  if (dropped_bytes_ == 0) {
    kept_ = utf8::truncate(std::string_view(buffer_.data() + begin_, kKeptBytes * 2), kKeptBytes);
  }
  dropped_bytes_ += filled_ - begin_;
  begin_ = seen_ = filled_ = 0;
}

}  // namespace penstock::sources
