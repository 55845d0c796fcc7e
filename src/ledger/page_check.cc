// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// An SQLite VFS that forwards everything to the default one. Only whole pages of the database file
// are looked at: in WAL mode they are written by checkpoints alone, long after SQLite has computed
// its own checks of WAL frames.
//
// SQLite gets pages with their check cleared, so that they are without one in the WAL. Another
// program that finds a WAL when it opens a ledger copies such pages into the database as they are:
// they are taken unchecked, and get a check again when they are written the next time.
#include "ledger/page_check.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string_view>

#include "ledger/check64.h"

namespace penstock::ledger {
namespace {

constexpr std::size_t kCheckedBytes = kPageBytes - kPageCheckBytes;
constexpr std::size_t kHeaderBytes = 100;
constexpr std::size_t kApplicationIdAt = 68;  // Source: sqlite.org/fileformat2.html, section 1.3.

// The real file of the default VFS stands directly behind.
struct CheckedFile {
  sqlite3_file base;
  bool is_ours;
};

sqlite3_file* real(sqlite3_file* file) noexcept {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<CheckedFile*>(file) + 1);
}

bool is_page(const sqlite3_file* file, int bytes, sqlite3_int64 offset) noexcept {
  return reinterpret_cast<const CheckedFile*>(file)->is_ours && bytes == int{kPageBytes} &&
         offset % int{kPageBytes} == 0;
}

std::uint64_t check_of(const char* page, sqlite3_int64 offset) noexcept {
  const auto number = static_cast<std::uint64_t>(offset) / kPageBytes + 1;
  return check64(std::string_view(page, kCheckedBytes), number);
}

/// Zero: it was never written, or by somebody who knows nothing of checks.
bool is_sound(const char* page, sqlite3_int64 offset) noexcept {
  const std::uint64_t stored = load_little_endian(page + kCheckedBytes, kPageCheckBytes);
  return stored == 0 || stored == check_of(page, offset);
}

int read(sqlite3_file* file, void* out, int bytes, sqlite3_int64 offset) {
  const int outcome = real(file)->pMethods->xRead(real(file), out, bytes, offset);
  if (outcome != SQLITE_OK || !is_page(file, bytes, offset)) return outcome;
  char* const page = static_cast<char*>(out);
  if (!is_sound(page, offset)) return SQLITE_IOERR_DATA;
  store_little_endian(0, kPageCheckBytes, page + kCheckedBytes);
  return SQLITE_OK;
}

int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
  if (!is_page(file, bytes, offset)) {
    return real(file)->pMethods->xWrite(real(file), from, bytes, offset);
  }
  std::array<char, kPageBytes> page;
  std::memcpy(page.data(), from, kPageBytes);
  store_little_endian(check_of(page.data(), offset), kPageCheckBytes, page.data() + kCheckedBytes);
  return real(file)->pMethods->xWrite(real(file), page.data(), bytes, offset);
}

int close(sqlite3_file* file) { return real(file)->pMethods->xClose(real(file)); }
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return real(file)->pMethods->xTruncate(real(file), size);
}
int sync(sqlite3_file* file, int flags) { return real(file)->pMethods->xSync(real(file), flags); }
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int file_control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int device_characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Version 2: without xFetch, so that no page can be mapped past its check.
constexpr sqlite3_io_methods kMethods{2,
                                      close,
                                      read,
                                      write,
                                      truncate,
                                      sync,
                                      file_size,
                                      lock,
                                      unlock,
                                      check_reserved_lock,
                                      file_control,
                                      sector_size,
                                      device_characteristics,
                                      shm_map,
                                      shm_lock,
                                      shm_barrier,
                                      shm_unmap,
                                      nullptr,
                                      nullptr};

// A new file will be ours; a file with our mark is, whatever else its header says.
bool is_ours(sqlite3_file* file) {
  std::array<char, kHeaderBytes> header{};
  sqlite3_int64 size = 0;
  if (file->pMethods->xFileSize(file, &size) != SQLITE_OK) return false;
  if (size == 0) return true;
  if (file->pMethods->xRead(file, header.data(), int{kHeaderBytes}, 0) != SQLITE_OK) return false;
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    id = id << 8U | static_cast<unsigned char>(header[kApplicationIdAt + i]);
  }
  return id == kApplicationId;
}

sqlite3_vfs* below() noexcept {
  static sqlite3_vfs* const found = sqlite3_vfs_find(nullptr);
  return found;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {
    return below()->xOpen(below(), name, file, flags, flags_out);
  }
  auto* const checked = new (file) CheckedFile{};
  const int outcome = below()->xOpen(below(), name, real(file), flags, flags_out);
  if (outcome != SQLITE_OK) return outcome;
  checked->base.pMethods = &kMethods;
  checked->is_ours = is_ours(real(file));
  return SQLITE_OK;
}

sqlite3_vfs make_layer() {
  sqlite3_vfs layer = *below();
  layer.zName = "penstock";
  layer.pNext = nullptr;
  layer.szOsFile += int{sizeof(CheckedFile)};
  layer.xOpen = open;
  return layer;
}

}  // namespace

Result<const char*> page_check_layer() {
  static sqlite3_vfs layer = make_layer();
  static const int outcome = sqlite3_vfs_register(&layer, 0);
  if (outcome == SQLITE_OK) return layer.zName;
  return Error{.code = Errc::internal,
               .message = std::string("register with SQLite: ") + sqlite3_errstr(outcome),
               .kind = "ledger.sqlite"};
}

}  // namespace penstock::ledger
