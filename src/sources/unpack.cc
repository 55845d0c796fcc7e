// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The loop between a packed stream and a decoder.
#include "sources/unpack.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sources/decoder.h"

namespace penstock::sources {
namespace {

constexpr std::size_t kInputBytes = std::size_t{64} << 10U;

class UnpackStream final : public ByteStream {
 public:
  explicit UnpackStream(std::unique_ptr<ByteStream> packed) : packed_(std::move(packed)) {}

  Result<std::optional<std::size_t>> read(std::span<char> room) override {
    if (!known_) PENSTOCK_CHECK(look());
    if (!known_) return std::optional<std::size_t>();
    if (!decoder_) return packed_.read(room);
    return read_unpacked(room);
  }

  const std::string& name() const override { return packed_.name(); }
  bool incomplete() const override { return packed_.incomplete(); }

 private:
  // Byte by byte, so that a pipe's first short line never waits for the rest of a magic number.
  Status look() {
    for (std::size_t bytes = 1;; ++bytes) {
      PENSTOCK_TRY(magic, packed_.peek(bytes));
      if (!magic) return ok();
      if (magic->size() == bytes && bytes < kMagicBytesMax && may_become_archive(*magic)) continue;
      decoder_ = decoder_for(*magic);
      known_ = true;
      return ok();
    }
  }

  Result<std::optional<std::size_t>> read_unpacked(std::span<char> room) {
    for (;;) {
      auto progress = decoder_->decode(left_, room);
      if (!progress) return refusal("damaged: " + progress.error().message);
      left_.remove_prefix(progress->consumed);
      if (progress->produced > 0) return std::optional<std::size_t>(progress->produced);
      if (progress->consumed > 0) continue;
      PENSTOCK_TRY(count, refill());
      if (!count) return std::optional<std::size_t>();
      if (*count == 0) return end();
    }
  }

  Result<std::optional<std::size_t>> refill() {
    const std::string rest(left_);  // Nearly always empty: decoders take what they are given.
    input_.resize(rest.size() + kInputBytes);
    std::copy(rest.begin(), rest.end(), input_.begin());
    auto count = packed_.read(std::span(input_).subspan(rest.size()));
    left_ = std::string_view(input_.data(), rest.size() + (count && *count ? **count : 0));
    return count;
  }

  Result<std::optional<std::size_t>> end() {
    if (decoder_->may_end() || incomplete()) return std::optional<std::size_t>(0);
    return refusal("the archive ends early");
  }

  Error refusal(std::string_view reason) const {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("unpack {}: {}", name(), reason),
                 .kind = "input.archive"};
  }

  PeekStream packed_;
  bool known_ = false;
  std::unique_ptr<Decoder> decoder_;  // Null: not an archive.
  std::vector<char> input_;
  std::string_view left_;  // Of input_: not consumed yet.
};

}  // namespace

std::unique_ptr<ByteStream> unpacked(std::unique_ptr<ByteStream> packed) {
  return std::make_unique<UnpackStream>(std::move(packed));
}

}  // namespace penstock::sources
