// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The numbers that were measured for lanes, and the shares of descriptors that they may idle on.
#include "net/lane_set.h"

#include <algorithm>

#include "os/proc_stat.h"

namespace penstock::net {
namespace {

// libcurl 7.88 costs 16 us a request with 50 connections in a multi handle, 27 us with 500.
// Source: bench/http.
constexpr std::size_t kLaneRequestsMax = 80;

// Idle connections take at most a quarter of the descriptors, as measured by their limit: half of
// these for HTTP/2, half for the other lanes. Of those, 16 keep as many as they have in flight.
constexpr std::size_t kIdleShare = 4;
constexpr std::size_t kHttp1LanesExpected = 16;
constexpr std::size_t kHttp1IdleMax = 160;
constexpr std::size_t kHttp2IdleMax = 1000;

}  // namespace

LaneSet::LaneSet(SocketSet& sockets)
    : sockets_(sockets), idle_max_(os::descriptor_limit() / kIdleShare) {
  add(LaneKind::http2);
}

Lane& LaneSet::add(LaneKind kind) {
  const auto index = static_cast<std::uint32_t>(lanes_.size());
  lanes_.push_back(std::make_unique<Lane>(index, kind, sockets_));
  lanes_.back()->keep(idle_max_of(index));
  return *lanes_.back();
}

std::size_t LaneSet::idle_max_of(std::size_t lane) const noexcept {
  if (lane == kHttp2Lane) return std::min(kHttp2IdleMax, idle_max_ / 2);
  return std::min(kHttp1IdleMax, idle_max_ / 2 / kHttp1LanesExpected);
}

void LaneSet::relieve() {
  idle_max_ /= 2;
  for (const auto& lane : lanes_) {
    lane->keep(idle_max_of(lane->index()));
    lane->drop_idle();
  }
}

Lane& LaneSet::http1(Host& host) {
  // The latest idle connection whose lane has room.
  for (std::size_t i = host.lanes.size(); i > 0; --i) {
    Lane& lane = *lanes_[host.lanes[i - 1]];
    if (lane.in_flight() >= kLaneRequestsMax && lane.index() != kHttp2Lane) continue;
    host.lanes.erase(host.lanes.begin() + static_cast<std::ptrdiff_t>(i - 1));
    return lane;
  }
  for (std::size_t i = kHttp2Lane + 1; i < lanes_.size(); ++i) {
    if (lanes_[i]->in_flight() < kLaneRequestsMax) return *lanes_[i];
  }
  return add(LaneKind::http1);
}

void LaneSet::run_socket(const SocketSet::Ready& ready) {
  lanes_[ready.lane]->run_socket(ready.fd, ready.events);
}

void LaneSet::run_due(TimePoint now, std::vector<Lane::Ended>& ended) {
  for (const auto& lane : lanes_) {
    if (lane->due() <= now) lane->run_timers();
    lane->take_ended(ended);
  }
}

TimePoint LaneSet::due() const noexcept {
  TimePoint next = TimePoint::max();
  for (const auto& lane : lanes_) next = std::min(next, lane->due());
  return next;
}

}  // namespace penstock::net
