// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The durable half of limiter.h: what it hands out as notes, and how it goes on from them.
#include "limits/limiter.h"
#include "limits/rule_state.h"

#include <utility>

namespace penstock::limits {
namespace {

constexpr std::size_t kNoteRunsMax = 64;

}  // namespace

Reservation Limiter::reserve(TimePoint now, WallTime wall) {
  Reservation reservation{.serial = ++serial_};
  // First, since a key that was forgotten may be wanted again.
  for (std::string& name : std::exchange(forgotten_, {})) {
    reservation.notes.push_back(Note{std::move(name), ""});
  }
  std::vector<Entry*> entries = std::exchange(wanting_, {});
  for (Entry* entry : entries) {
    Key& key = entry->second;
    key.rules.reserve(cost_max_);
    key.is_queued = false;
    key.has_note = true;
    key.promised_in = serial_;
    reservation.notes.push_back(
        Note{note_name(*entry), encode_state(key.rules.state(), now, wall, kNoteRunsMax)});
  }
  unconfirmed_.emplace_back(serial_, std::move(entries));
  return reservation;
}

void Limiter::confirm(std::uint64_t serial) {
  while (!unconfirmed_.empty() && unconfirmed_.front().first <= serial) {
    for (Entry* entry : unconfirmed_.front().second) {
      Key& key = entry->second;
      if (key.promised_in != unconfirmed_.front().first) continue;  // A later one holds for it.
      key.rules.confirm();
      key.promised_in = 0;
    }
    unconfirmed_.pop_front();
  }
}

std::vector<Note> Limiter::close(TimePoint now, WallTime wall) const {
  std::vector<Note> notes;
  for (const std::string& name : forgotten_) notes.push_back(Note{name, ""});
  const auto add = [&](const Entry& entry) {
    const bool is_rested = entry.second.rules.rested(now);
    if (is_rested && !entry.second.has_note) return;
    std::string text =
        is_rested ? "" : encode_state(entry.second.rules.state(), now, wall, SIZE_MAX);
    notes.push_back(Note{note_name(entry), std::move(text)});
  };
  add(all_);
  for (const Entry& entry : keyed_) add(entry);
  return notes;
}

void Limiter::restore(const std::map<std::string, std::string>& notes, Shutdown shutdown,
                      TimePoint now, WallTime wall) {
  if (shutdown == Shutdown::crashed) {
    restarted_at_ = now;
    all_.second.rules.restart(now);
  }
  const std::string all = note_name(all_);
  if (const auto note = notes.find(all); note != notes.end()) {
    restore_key(all_, note->second, shutdown, now, wall);
  }
  const std::string prefix = all + "/";
  for (auto note = notes.lower_bound(prefix); note != notes.end(); ++note) {
    if (note->first.compare(0, prefix.size(), prefix) != 0) break;
    if (!is_keyed() || note->second.empty()) continue;
    restore_key(entry(note->first.substr(prefix.size()), now), note->second, shutdown, now, wall);
  }
}

void Limiter::restore_key(Entry& entry, const std::string& note, Shutdown shutdown, TimePoint now,
                          WallTime wall) {
  entry.second.has_note = true;
  RuleSet& rules = entry.second.rules;
  const auto state = decode_state(note, now, wall);
  if (!state) {
    rules.spend_all(now);
    return;
  }
  rules.restore(*state, now);
  if (shutdown == Shutdown::clean) return;
  rules.spend(*state, now);
  rules.restart(now);
}

void Limiter::queue(Entry& entry) {
  if (entry.second.is_queued) return;
  entry.second.is_queued = true;
  wanting_.push_back(&entry);
}

std::string Limiter::note_name(const Entry& entry) const {
  const std::string name = "limit/" + options_.name;
  return &entry == &all_ ? name : name + "/" + entry.first;
}

}  // namespace penstock::limits
