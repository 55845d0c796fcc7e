// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Files by descriptor, with the path kept for messages. A short write is never silent, EINTR is
// never seen, and nothing here buffers.
#pragma once

#include <penstock/error.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "os/fd.h"

namespace penstock::os {

enum class FileMode : std::uint8_t {
  read,              ///< Must exist; symbolic links are followed (the user's own input).
  update,            ///< Must exist; read and write.
  update_or_create,  ///< Read and write; made with 0600 when missing.
  create_new,        ///< Must not exist: Errc::rejected, kind "file.exists".
};

struct FileState {
  std::uint64_t size_bytes = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint64_t links = 0;  ///< 0: the name is gone; someone removed or replaced the file.
};

inline constexpr std::string_view kFileMissing = "file.missing";
inline constexpr std::string_view kFileExists = "file.exists";
inline constexpr std::string_view kFileSymlink = "file.symlink";

/// One open file. Writing modes refuse a symbolic link as last part (kind "file.symlink") and make
/// files readable by their owner only, whatever the umask.
///
/// Errors of all members: no_space (disk or quota full), else system; the message names the path.
/// Threads: one at a time; write_at() and read_at() any. Blocks: on the disk.
class File {
 public:
  /// Errors: invalid "file.missing", rejected "file.exists" or "file.symlink", no_space, system.
  static Result<File> open(const std::filesystem::path& path, FileMode mode);

  /// As open(), with `name` looked up in an open folder; `shown` stands in messages.
  static Result<File> open_in(int folder_fd, const std::string& name, std::string shown,
                              FileMode mode);

  /// As open(), but a missing file is a value.
  static Result<std::optional<File>> open_if_exists(const std::filesystem::path& path,
                                                    FileMode mode);

  /// Adopt a descriptor; `name` stands in messages ("standard output").
  File(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  Status write_all(std::string_view bytes);
  Status write_at(std::uint64_t offset, std::string_view bytes);

  /// Up to room.size() bytes; 0 is the end. An empty pipe in non-blocking mode is nullopt.
  Result<std::optional<std::size_t>> read_some(std::span<char> room);

  /// As many bytes as there are from `offset`, at most room.size(); fewer only at the end.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> room) const;

  /// All from the current place to the end. Errors: also invalid "file.too_large".
  Result<std::string> read_all(std::size_t bytes_max);

  Status seek(std::uint64_t offset);
  Status truncate(std::uint64_t size_bytes);

  /// The bytes and the size are on disk (fdatasync). After an error the file's state is unknown:
  /// stop; never sync again and go on.
  Status sync();

  Result<FileState> state() const;

  /// Give the descriptor away.
  Fd release() && noexcept { return std::move(fd_); }

  int fd() const noexcept { return fd_.get(); }
  const std::string& name() const noexcept { return name_; }

 private:
  Fd fd_;
  std::string name_;
};

/// Replace `to` by `from` in one step. Durable after sync_folder(). Errors: no_space, system.
Status rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Remove a file; a missing one is fine. Errors: system.
Status remove_file(const std::filesystem::path& path);

/// Names made, renamed and removed in this folder are on disk. Errors: no_space, system.
Status sync_folder(const std::filesystem::path& folder);

/// Bytes that this user may still write on the disk of `path`. Errors: system.
Result<std::uint64_t> free_bytes(const std::filesystem::path& path);

/// The state of whatever stands at `path` now, or nothing. Errors: system.
Result<std::optional<FileState>> file_state(const std::filesystem::path& path);

}  // namespace penstock::os
