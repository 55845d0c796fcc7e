// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Byte order marks.
#include "sources/text_stream.h"

#include <fmt/format.h>

#include <utility>

namespace penstock::sources {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kUtf16Marks[] = {"\xFF\xFE", "\xFE\xFF"};

class TextStream final : public ByteStream {
 public:
  explicit TextStream(std::unique_ptr<ByteStream> bytes) : bytes_(std::move(bytes)) {}

  Result<std::optional<std::size_t>> read(std::span<char> room) override {
    if (!known_) PENSTOCK_CHECK(look());
    if (!known_) return std::optional<std::size_t>();
    return bytes_.read(room);
  }

  const std::string& name() const override { return bytes_.name(); }
  bool incomplete() const override { return bytes_.incomplete(); }

 private:
  // Byte by byte, so that a pipe's first short line never waits for the rest of a mark.
  Status look() {
    for (std::size_t bytes = 1;; ++bytes) {
      PENSTOCK_TRY(mark, bytes_.peek(bytes));
      if (!mark) return ok();
      if (*mark == kUtf16Marks[0] || *mark == kUtf16Marks[1]) return refusal();
      if (mark->size() == bytes && bytes < kUtf8Mark.size() && may_become_mark(*mark)) continue;
      if (*mark == kUtf8Mark) bytes_.drop(kUtf8Mark.size());
      known_ = true;
      return ok();
    }
  }

  static bool may_become_mark(std::string_view bytes) {
    return kUtf8Mark.starts_with(bytes) || kUtf16Marks[0].starts_with(bytes) ||
           kUtf16Marks[1].starts_with(bytes);
  }

  Error refusal() const {
    return Error{
        .code = Errc::invalid,
        .message = fmt::format(
            "read {}:1: this is UTF-16; convert it with: iconv -f UTF-16 -t UTF-8", name()),
        .kind = "input.encoding"};
  }

  PeekStream bytes_;
  bool known_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> text_of(std::unique_ptr<ByteStream> bytes) {
  return std::make_unique<TextStream>(std::move(bytes));
}

}  // namespace penstock::sources
