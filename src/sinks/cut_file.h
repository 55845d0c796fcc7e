// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A file that stands exactly where a cursor says. It cuts what a crash left behind the cursor, and
// never a file that somebody else put there.
//
//     what stands at the path            cursor without file    cursor with file (inode, length)
//     nothing                            begin                  write anew
//     empty                              begin                  write anew, if it is another
//     the file of the cursor                                    cut to the length, go on
//       ... but shorter                                         write anew
//     anything else                      refuse                 refuse
//
// To write anew is to write `<path>.rebuild`. The first sync gives the cursor of that file; the
// call after it, when the cursor is stored, gives the file its name. A crash in between is found by
// the inode: whichever of the two names has that of the cursor is the file. So at no instant is a
// file of ours taken for a stranger's.
#pragma once

#include <penstock/error.h>
#include <penstock/sink.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "os/file.h"

namespace penstock::sinks {

/// Calls: open (append | flush | sync)*
///
/// Without sync() nothing of what was appended counts. The destructor writes nothing.
/// Errors of all members: no_space, system, rejected "output.foreign"; the path is in the message.
class CutFile {
 public:
  explicit CutFile(std::string path);
  CutFile(const CutFile&) = delete;
  CutFile& operator=(const CutFile&) = delete;
  ~CutFile();

  enum class Standing : std::uint8_t { goes_on, anew };

  /// `goes_on`: it stands at the cursor. `anew`: it is empty, all must be appended again.
  Result<Standing> open(const SinkCursor& cursor);

  /// The first bytes of what is there.
  Result<std::string> beginning(std::size_t bytes_max) const;

  Status append(std::string_view bytes);

  /// All that was appended is the operating system's: other programs see it, unless it is written
  /// anew.
  Status flush();

  /// All that was appended is on disk. Length and inode of the cursor.
  Result<SinkCursor> sync();

  std::uint64_t size_bytes() const noexcept { return written_bytes_ + buffer_.size(); }
  const std::string& path() const noexcept { return path_; }

 private:
  // Of what is written: `named`: it has its name. `aside`: it is not complete yet. `complete`: it
  // gets its name with the next call.
  enum class Stage : std::uint8_t { named, aside, complete };

  Result<std::optional<Standing>> go_on(const std::string& path, const SinkCursor& cursor);
  Status begin(const std::string& path);
  Status begin_aside(std::uint64_t lost_inode);
  Status take_place();
  Status check_still_there() const;
  Error foreign(std::string_view why) const;

  const std::string path_;
  const std::string aside_path_;
  std::optional<os::File> file_;
  Stage stage_ = Stage::named;
  bool name_is_new_ = false;  // In its folder, since the last sync.
  std::uint64_t written_bytes_ = 0;
  std::string buffer_;
};

}  // namespace penstock::sinks
