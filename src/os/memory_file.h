// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Files without a name, in memory: they carry large payloads and shared pages between processes.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "os/fd.h"

namespace penstock::os {

/// A piece of a file in this process's memory.
class Mapping {
 public:
  Mapping() noexcept = default;
  Mapping(std::byte* start, std::size_t size) noexcept : start_(start), size_(size) {}
  Mapping(Mapping&& other) noexcept
      : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(start_, other.start_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Mapping();

  std::span<std::byte> bytes() const noexcept { return {start_, size_}; }
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(start_), size_}; }

 private:
  std::byte* start_ = nullptr;
  std::size_t size_ = 0;
};

/// A memory file that holds `bytes` and can neither change nor shrink any more.
/// Errors: system (descriptors), no_space (memory limit).
Result<Fd> make_sealed_file(std::string_view bytes);

/// Read-only view of a sealed file that came from another process. The seals are checked, so the
/// view cannot be pulled from under the reader.
/// Errors: corrupt (not sealed, or not of `size_bytes`), system.
Result<Mapping> map_sealed_file(const Fd& file, std::size_t size_bytes);

/// A zeroed memory file of this size, to be shared by descriptor. Errors: system, no_space.
Result<Fd> make_shared_file(std::size_t size_bytes);

/// Map it for reading and writing. Errors: system.
Result<Mapping> map_shared_file(const Fd& file, std::size_t size_bytes);

}  // namespace penstock::os
