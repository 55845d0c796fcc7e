// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The file that keeps what came out of a pipe.
#include "sources/spool.h"

#include <bit>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/assert.h"
#include "core/fingerprint.h"

namespace penstock::sources {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie");

constexpr std::string_view kMagic = "penstock spool1\n";
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kHeaderBytes = kLengthBytes + 8;

std::uint64_t check_of(std::uint64_t offset, std::string_view payload) {
  const Fingerprint where{{offset, payload.size()}};
  return combine(where, fingerprint(payload)).words[0];
}

std::string encode(std::uint64_t offset, std::string_view payload) {
  const auto bytes = static_cast<std::uint32_t>(payload.size());
  const std::uint64_t check = check_of(offset, payload);
  std::string frame(kHeaderBytes, '\0');
  std::memcpy(frame.data(), &bytes, sizeof bytes);
  std::memcpy(frame.data() + kLengthBytes, &check, sizeof check);
  frame += payload;
  return frame;
}

}  // namespace

Result<Spool> Spool::open(const std::string& path) {
  PENSTOCK_TRY(file, os::File::open(path, os::FileMode::update_or_create));
  Spool spool(std::move(file));
  std::string magic(kMagic.size(), '\0');
  PENSTOCK_TRY(found_bytes, spool.file_.read_at(0, magic));
  magic.resize(found_bytes);
  // Zeros: the power went before a new spool had any byte, but not its length.
  const bool is_blank = magic.find_first_not_of('\0') == std::string::npos;
  if (!is_blank && magic != kMagic.substr(0, found_bytes)) {
    return Error{.code = Errc::corrupt,
                 .message = "open " + path + ": this is no spool of penstock",
                 .kind = "input.spool"};
  }
  PENSTOCK_TRY(first,
               is_blank ? Result<std::optional<Frame>>(std::nullopt) : spool.read(kMagic.size()));
  spool.has_frames_ = first.has_value();
  if (!first) PENSTOCK_CHECK(spool.begin());
  return spool;
}

Status Spool::begin() {
  PENSTOCK_CHECK(file_.truncate(0));
  PENSTOCK_CHECK(file_.write_at(0, kMagic));  // Synced with the first frames that count.
  end_ = kMagic.size();
  return os::sync_folder(std::filesystem::path(file_.name()).parent_path() / ".");
}

Result<std::uint64_t> Spool::append(std::string_view payload) {
  PENSTOCK_ASSERT(payload.size() <= kFrameBytesMax && !has_frames_);
  const std::string frame = encode(end_, payload);
  PENSTOCK_CHECK(file_.write_at(end_, frame));
  end_ += frame.size();
  return end_;
}

Result<std::optional<Spool::Frame>> Spool::read(std::uint64_t offset) const {
  std::string header(kHeaderBytes, '\0');
  PENSTOCK_TRY(header_bytes, file_.read_at(offset, header));
  std::uint32_t bytes = 0;
  std::uint64_t check = 0;
  std::memcpy(&bytes, header.data(), sizeof bytes);
  std::memcpy(&check, header.data() + kLengthBytes, sizeof check);
  if (header_bytes < kHeaderBytes || bytes > kFrameBytesMax) return std::optional<Frame>();

  Frame frame{.payload = std::string(bytes, '\0'), .next = offset + kHeaderBytes + bytes};
  PENSTOCK_TRY(payload_bytes, file_.read_at(offset + kHeaderBytes, frame.payload));
  if (payload_bytes < bytes || check != check_of(offset, frame.payload)) {
    return std::optional<Frame>();
  }
  return std::optional<Frame>(std::move(frame));
}

std::uint64_t Spool::first_offset() const noexcept { return kMagic.size(); }

}  // namespace penstock::sources
