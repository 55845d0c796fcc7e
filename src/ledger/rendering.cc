// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Records are put together once and given to every sink that still lacks them.
#include "ledger/rendering.h"

#include <algorithm>
#include <string_view>

#include "core/value.h"

namespace penstock::ledger {

Rendering::Rendering(std::vector<std::unique_ptr<Sink>> sinks, std::vector<std::string> step_names,
                     Ancestry& ancestry)
    : step_names_(std::move(step_names)), ancestry_(ancestry) {
  for (std::unique_ptr<Sink>& sink : sinks) places_.push_back(Place{.sink = std::move(sink)});
}

Result<SinkCursors> Rendering::open(const SinkCursors& cursors) {
  SinkCursors fresh;
  for (Place& place : places_) {
    const auto known = cursors.find(place.sink->name());
    const SinkCursor cursor = known == cursors.end() ? SinkCursor{} : known->second;
    PENSTOCK_TRY(stands, place.sink->open(cursor));
    place.anew = !stands;
    place.position = stands ? cursor.seq : 0;
    place.synced = place.position;
    if (!stands || cursor.seq != 0) continue;
    PENSTOCK_TRY(synced, place.sink->sync());
    synced.seq = 0;
    fresh.emplace(place.sink->name(), synced);
  }
  return fresh;
}

std::uint64_t Rendering::position() const noexcept {
  std::uint64_t least = UINT64_MAX;
  for (const Place& place : places_) least = std::min(least, place.position);
  return least;
}

Status Rendering::write(const Verdict& row) {
  const auto seq = static_cast<std::uint64_t>(row.seq);
  SharedText context = row.context;
  if (!context) {
    PENSTOCK_TRY(found, ancestry_.context(row.item.step(), row.parent));
    context = std::move(found);
  }
  PENSTOCK_TRY(parent_key, ancestry_.key(row.parent));
  const std::string value = context ? with_parent(row.value, *context) : row.value;
  const auto step = static_cast<std::size_t>(row.item.step());
  const Record record{.seq = row.seq,
                      .step = step < step_names_.size() ? step_names_[step] : std::string_view(),
                      .key = shown_key(row.item, row.key),
                      .parent_key = std::move(parent_key),
                      .status = row.status,
                      .kind = row.kind,
                      .error = row.error,
                      .attempts = row.attempts,
                      .value = value,
                      .output = row.output};
  for (Place& place : places_) {
    if (place.position >= seq) continue;
    PENSTOCK_CHECK(place.sink->write(record));
    place.position = seq;
  }
  return ok();
}

void Rendering::reached(std::uint64_t seq) noexcept {
  for (Place& place : places_) place.position = std::max(place.position, seq);
}

Status Rendering::flush() {
  for (Place& place : places_) PENSTOCK_CHECK(place.sink->flush());
  return ok();
}

bool Rendering::is_dirty() const noexcept {
  return std::any_of(places_.begin(), places_.end(), [](const Place& place) {
    return place.anew || place.position != place.synced;
  });
}

Result<SinkCursors> Rendering::sync(std::uint64_t last_seq) {
  SinkCursors moved;
  for (Place& place : places_) {
    if (place.anew ? place.position < last_seq : place.position == place.synced) continue;
    PENSTOCK_TRY(cursor, place.sink->sync());
    cursor.seq = place.position;
    place.synced = place.position;
    place.anew = false;
    moved.emplace(place.sink->name(), cursor);
  }
  return moved;
}

}  // namespace penstock::ledger
