// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Frames are gathered in memory and written at sync(), since no place counts before that.
#include "ledger/segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "ledger/check64.h"
#include "os/folder.h"

namespace penstock::ledger {
namespace {

constexpr std::string_view kMagic = "PENSEG1\n";
constexpr std::size_t kFrameHeaderBytes = 4 + 8;
constexpr std::size_t kUnwrittenBytesMax = std::size_t{1} << 20U;
constexpr unsigned kOffsetBits = 32;

static_assert(SegmentWriter::kSegmentBytesMax < (std::uint64_t{1} << kOffsetBits));

std::uint64_t offset_of(Place place) {
  return static_cast<std::uint64_t>(place) & ((std::uint64_t{1} << kOffsetBits) - 1);
}

Error damaged(const os::File& file, std::uint64_t offset) {
  return Error{.code = Errc::corrupt,
               .message = fmt::format("read {} at {}: the output is damaged", file.name(), offset),
               .kind = "ledger.corrupt"};
}

bool is_segment_name(const std::string& name) {
  return name.size() >= 10 && name.ends_with(".seg") &&
         name.find_first_not_of("0123456789") == name.size() - 4;
}

}  // namespace

std::uint64_t segment_of(Place place) noexcept {
  return static_cast<std::uint64_t>(place) >> kOffsetBits;
}

std::string segment_name(std::uint64_t number) { return fmt::format("{:06}.seg", number); }

Result<SegmentWriter> SegmentWriter::open(std::filesystem::path folder,
                                          std::vector<SegmentState> known,
                                          std::uint64_t last_number) {
  PENSTOCK_TRY(found, os::file_state(folder));
  SegmentWriter writer(std::move(folder));
  writer.folder_exists_ = found.has_value();
  writer.next_number_ = last_number + 1;
  std::sort(known.begin(), known.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  for (const SegmentState& segment : known) {
    if (segment.keep == Keep::until_rendered) {
      writer.passing_.emplace(segment.number, segment.last_seq);
    }
  }
  if (writer.folder_exists_) PENSTOCK_CHECK(writer.remove_unknown(known));
  const auto last = std::find_if(known.rbegin(), known.rend(),
                                 [](const auto& s) { return s.keep == Keep::always; });
  if (last != known.rend() && last->length_bytes < kSegmentBytesMax) {
    PENSTOCK_CHECK(writer.adopt(*last));
  }
  return writer;
}

Status SegmentWriter::remove_unknown(const std::vector<SegmentState>& known) {
  PENSTOCK_TRY(opened, os::Folder::open(folder_));
  PENSTOCK_TRY(names, opened.names());
  for (const std::string& name : names) {
    const auto is_it = [&](const auto& s) { return segment_name(s.number) == name; };
    if (!is_segment_name(name) || std::any_of(known.begin(), known.end(), is_it)) continue;
    PENSTOCK_CHECK(opened.remove_file(name));
    folder_changed_ = true;
  }
  return ok();
}

Status SegmentWriter::adopt(const SegmentState& known) {
  const std::filesystem::path path = folder_ / segment_name(known.number);
  PENSTOCK_TRY(file, os::File::open(path, os::FileMode::update));
  PENSTOCK_TRY(state, file.state());
  if (state.size_bytes < known.length_bytes) {
    return Error{.code = Errc::corrupt,
                 .message = fmt::format("open {}: {} bytes of {} are there", file.name(),
                                        state.size_bytes, known.length_bytes),
                 .kind = "ledger.corrupt"};
  }
  PENSTOCK_CHECK(file.truncate(known.length_bytes));
  active_.push_back(Segment{.state = known, .file = std::move(file)});
  return ok();
}

Result<Place> SegmentWriter::append(Seq seq, std::string_view text, Keep keep) {
  if (text.size() > UINT32_MAX) {
    return Error{.code = Errc::internal,
                 .message = "an output of more than 4 GiB",
                 .kind = "output.too_large"};
  }
  PENSTOCK_TRY(segment, writable(keep));
  const std::uint64_t offset = segment->state.length_bytes;
  std::array<char, kFrameHeaderBytes> header;
  const auto number = static_cast<std::uint64_t>(seq);
  store_little_endian(text.size(), 4, header.data());
  store_little_endian(check64(text, number), 8, header.data() + 4);
  segment->unwritten.append(header.data(), header.size());
  segment->unwritten += text;
  segment->state.length_bytes += header.size() + text.size();
  segment->state.last_seq = number;
  segment->unsynced = true;
  segment->changed = true;
  segment->ended = segment->state.length_bytes >= kSegmentBytesMax;
  if (segment->ended && keep == Keep::until_rendered) {
    passing_.emplace(segment->state.number, number);
  }
  if (segment->unwritten.size() >= kUnwrittenBytesMax) PENSTOCK_CHECK(write_out(*segment));
  return Place{segment->state.number << kOffsetBits | offset};
}

Result<SegmentWriter::Segment*> SegmentWriter::writable(Keep keep) {
  for (Segment& segment : active_) {
    if (!segment.ended && segment.state.keep == keep) return &segment;
  }
  if (!std::exchange(folder_exists_, true)) {
    PENSTOCK_CHECK(os::Folder::open_or_create(folder_));
    PENSTOCK_CHECK(os::sync_folder(folder_.parent_path()));
  }
  const std::filesystem::path path = folder_ / segment_name(next_number_);
  PENSTOCK_TRY(file, os::File::open(path, os::FileMode::create_new));
  folder_changed_ = true;
  active_.push_back(
      Segment{.state = {.number = next_number_++, .length_bytes = kMagic.size(), .keep = keep},
              .file = std::move(file),
              .unwritten = std::string(kMagic)});
  return &active_.back();
}

Status SegmentWriter::write_out(Segment& segment) {
  const std::uint64_t written = segment.state.length_bytes - segment.unwritten.size();
  PENSTOCK_CHECK(segment.file.write_at(written, segment.unwritten));
  segment.unwritten.clear();
  if (segment.unwritten.capacity() > kUnwrittenBytesMax) segment.unwritten.shrink_to_fit();
  return ok();
}

Status SegmentWriter::sync() {
  for (Segment& segment : active_) {
    if (!segment.unsynced) continue;
    PENSTOCK_CHECK(write_out(segment));
    PENSTOCK_CHECK(segment.file.sync());
    segment.unsynced = false;
  }
  if (!folder_changed_) return ok();
  PENSTOCK_CHECK(os::sync_folder(folder_));
  folder_changed_ = false;
  return ok();
}

std::vector<SegmentState> SegmentWriter::take_changed() {
  std::vector<SegmentState> changed;
  for (Segment& segment : active_) {
    if (std::exchange(segment.changed, false)) changed.push_back(segment.state);
  }
  std::erase_if(active_, [](const Segment& segment) { return segment.ended; });
  return changed;
}

std::vector<std::uint64_t> SegmentWriter::take_rendered(std::uint64_t seq) {
  std::vector<std::uint64_t> rendered;
  std::erase_if(passing_, [&](const auto& segment) {
    if (segment.second > seq) return false;
    rendered.push_back(segment.first);
    return true;
  });
  std::erase_if(active_, [&](const Segment& segment) {
    if (segment.state.keep == Keep::always || segment.state.last_seq > seq) return false;
    rendered.push_back(segment.state.number);
    return true;
  });
  return rendered;
}

bool SegmentWriter::has_passing() const noexcept {
  return !passing_.empty() || std::any_of(active_.begin(), active_.end(), [](const auto& segment) {
    return segment.state.keep == Keep::until_rendered;
  });
}

Status SegmentWriter::remove(std::uint64_t number) {
  return os::remove_file(folder_ / segment_name(number));
}

Result<std::optional<std::string>> SegmentReader::read(Seq seq, Place place) {
  if (!file_ || number_ != segment_of(place)) {
    const std::filesystem::path path = folder_ / segment_name(segment_of(place));
    PENSTOCK_TRY(opened, os::File::open_if_exists(path, os::FileMode::read));
    if (!opened) return std::optional<std::string>();
    file_ = std::move(*opened);
    number_ = segment_of(place);
  }
  std::array<char, kFrameHeaderBytes> header;
  PENSTOCK_TRY(header_bytes, file_->read_at(offset_of(place), header));
  if (header_bytes != header.size()) return damaged(*file_, offset_of(place));
  const std::uint64_t length = load_little_endian(header.data(), 4);
  PENSTOCK_TRY(state, file_->state());
  if (offset_of(place) + header.size() + length > state.size_bytes) {
    return damaged(*file_, offset_of(place));  // Before a flipped length asks for 4 GiB.
  }
  std::string text(length, '\0');
  PENSTOCK_TRY(text_bytes, file_->read_at(offset_of(place) + header.size(), text));
  const bool is_sound = text_bytes == length && check64(text, static_cast<std::uint64_t>(seq)) ==
                                                    load_little_endian(header.data() + 4, 8);
  if (!is_sound) return damaged(*file_, offset_of(place));
  return std::optional<std::string>(std::move(text));
}

}  // namespace penstock::ledger
