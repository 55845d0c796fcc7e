// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// memfd_create with seals. A mapping of an unsealed file of another process is a SIGBUS in waiting.
#include "os/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "os/file.h"
#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr const char* kName = "penstock";
constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

Result<Mapping> map(const Fd& file, std::size_t size_bytes, int protection) {
  void* start = ::mmap(nullptr, size_bytes, protection, MAP_SHARED, file.get(), 0);
  if (start == MAP_FAILED) return system_error("map", "memory file");
  return Mapping(static_cast<std::byte*>(start), size_bytes);
}

}  // namespace

Mapping::~Mapping() {
  if (start_ != nullptr) ::munmap(start_, size_);
}

Result<Fd> make_sealed_file(std::string_view bytes) {
  Fd fd(::memfd_create(kName, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return system_error("create", "memory file");
  File file(std::move(fd), "memory file");
  PENSTOCK_CHECK(file.write_all(bytes));
  if (::fcntl(file.fd(), F_ADD_SEALS, kSeals) != 0) return system_error("seal", "memory file");
  return std::move(file).release();
}

Result<Mapping> map_sealed_file(const Fd& file, std::size_t size_bytes) {
  struct stat found {};
  const bool sealed = ::fcntl(file.get(), F_GET_SEALS) == kSeals;
  if (!sealed || ::fstat(file.get(), &found) != 0 ||
      static_cast<std::uint64_t>(found.st_size) != size_bytes || size_bytes == 0) {
    return Error{.code = Errc::corrupt,
                 .message = "read memory file: it is not sealed, or not of " +
                            std::to_string(size_bytes) + " bytes",
                 .kind = "wire.attachment"};
  }
  return map(file, size_bytes, PROT_READ);
}

Result<Fd> make_shared_file(std::size_t size_bytes) {
  Fd file(::memfd_create(kName, MFD_CLOEXEC));
  if (!file) return system_error("create", "memory file");
  if (::ftruncate(file.get(), static_cast<off_t>(size_bytes)) != 0) {
    return system_error("grow", "memory file");
  }
  return file;
}

Result<Mapping> map_shared_file(const Fd& file, std::size_t size_bytes) {
  return map(file, size_bytes, PROT_READ | PROT_WRITE);
}

}  // namespace penstock::os
