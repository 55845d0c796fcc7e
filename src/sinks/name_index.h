// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which item has which file name. It is durable before a file gets its name: so a file that stands
// in the folder and not in the index is somebody else's, whatever crashed.
//
//     CREATE TABLE file (
//       key        TEXT PRIMARY KEY,     -- of the item
//       wanted     TEXT NOT NULL,        -- the path that its template gave
//       path       TEXT NOT NULL UNIQUE, -- the path that it has, below the folder
//       generation INTEGER NOT NULL)     -- older than `state.generation`: not written anew yet
//     CREATE TABLE state (seq, token, generation)   -- one row; token: the ledger's cursor has it
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sinks/database.h"

namespace penstock::sinks {

/// Errors: those of Database. Threads: owner only.
class NameIndex {
 public:
  struct Entry {
    std::string wanted;
    std::string path;
  };
  struct State {
    std::uint64_t seq = 0;    ///< Every record up to here had its file when it was stored.
    std::uint64_t token = 0;  ///< 0: it is new.
  };

  static Result<NameIndex> open(const std::string& path);

  const State& state() const noexcept { return state_; }

  Result<bool> has_files();

  /// All entries are of an older generation from now on. `token` 0: a random one.
  Status begin_generation(std::uint64_t token);

  Result<std::optional<Entry>> find(std::string_view key);

  /// Whether an item has this path.
  Result<bool> is_taken(std::string_view path);

  Status put(std::string_view key, const Entry& entry);
  Status remove(std::string_view key);

  /// Some paths of older generations, which are forgotten; none if there are no more.
  Result<std::vector<std::string>> take_older();

  /// From the next commit on, every record up to here has its file, or will have it.
  void reach(std::uint64_t seq) noexcept;

  /// What was put, removed and reached is on disk.
  Status commit();

 private:
  Status prepare();
  Status begin_transaction();

  Database database_;
  Statement find_;
  Statement taken_;
  Statement put_;
  Statement remove_;
  State state_;
  std::int64_t generation_ = 0;
  bool state_is_new_ = false;
};

}  // namespace penstock::sinks
