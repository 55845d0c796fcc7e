// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Records are put together once and given to every sink that still lacks them.
#include "ledger/rendering.h"

#include <algorithm>

#include "ledger/record.h"

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

std::vector<std::string> Rendering::anew() const {
  std::vector<std::string> names;
  for (const Place& place : places_) {
    if (place.position == 0) names.emplace_back(place.sink->name());
  }
  return names;
}

std::uint64_t Rendering::position() const noexcept {
  std::uint64_t least = UINT64_MAX;
  for (const Place& place : places_) least = std::min(least, place.position);
  return least;
}

Status Rendering::write(const Verdict& row) {
  return with_record(row, ancestry_, step_names_, [&](const Record& record) -> Status {
    const auto seq = static_cast<std::uint64_t>(row.seq);
    for (Place& place : places_) {
      if (place.position >= seq) continue;
      PENSTOCK_CHECK(place.sink->write(record));
      place.position = seq;
    }
    return ok();
  });
}

Status Rendering::write(const Verdict& row, std::size_t sink) {
  places_[sink].position = static_cast<std::uint64_t>(row.seq);
  return with_record(row, ancestry_, step_names_,
                     [&](const Record& record) { return places_[sink].sink->write(record); });
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

Result<SinkCursors> Rendering::sync(std::uint64_t complete_from) {
  SinkCursors moved;
  for (Place& place : places_) {
    if (place.anew ? place.position < complete_from : place.position == place.synced) continue;
    PENSTOCK_TRY(cursor, place.sink->sync());
    // The sink's own last record, and not how far the ledger looked: what keeps a cursor of its own
    // would seem to lack the verdicts between, which gave it nothing.
    if (cursor.seq == 0) cursor.seq = place.position;
    place.synced = place.position;
    place.anew = false;
    moved.emplace(place.sink->name(), cursor);
  }
  return moved;
}

}  // namespace penstock::ledger
