// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A class holds buffers with at least its size, so that take() never has to grow one.
#include "net/body_buffers.h"

#include <utility>

namespace penstock::net {
namespace {

constexpr std::size_t kFactor = 4;

}  // namespace

std::string BodyBuffers::take(std::size_t expected_bytes) {
  std::string buffer;
  if (expected_bytes <= kSmallestBytes / kFactor) return buffer;
  std::size_t class_bytes = kSmallestBytes;
  for (auto& kept : kept_) {
    if (expected_bytes <= class_bytes && !kept.empty()) {
      buffer = std::move(kept.back());
      kept.pop_back();
      kept_bytes_ -= buffer.capacity();
      return buffer;
    }
    class_bytes *= kFactor;
  }
  buffer.reserve(expected_bytes);
  return buffer;
}

void BodyBuffers::give(std::string buffer) {
  const std::size_t capacity = buffer.capacity();
  if (capacity < kSmallestBytes || kept_bytes_ + capacity > kKeptBytesMax) return;
  std::size_t index = 0;
  for (std::size_t next = kSmallestBytes * kFactor; index + 1 < kClasses && next <= capacity;
       next *= kFactor) {
    ++index;
  }
  buffer.clear();
  kept_bytes_ += capacity;
  kept_[index].push_back(std::move(buffer));
}

}  // namespace penstock::net
