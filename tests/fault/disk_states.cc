// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A model of a file system that keeps no promise that it did not give. Writes of one file are
// reordered freely between syncs, in sectors of 512 bytes, and a file may have grown without the
// bytes. Names come and go in any order, but each by itself in its own; a rename within a folder is
// done or not, one between two folders may also leave both names. Syncing a file does not sync its
// name, and a folder that is lost takes with it what is below.
#include "disk_states.h"

#include <penstock/clock.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

namespace penstock::fault {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

struct Change {
  DiskOp op;
  std::uint64_t offset;
  std::string content;
};

/// One file or folder, under whatever name: what is safe, and what has come since.
struct Inode {
  bool is_folder = false;
  std::string synced;
  std::vector<Change> since;

  static void put(std::uint64_t offset, std::string_view bytes, std::string& content) {
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
    content.replace(offset, bytes.size(), bytes);
  }
  static void apply(const Change& change, std::string& content) {
    if (change.op == DiskOp::truncate) return content.resize(change.offset);
    put(change.offset, change.content, content);
  }
  void sync() {
    for (const Change& change : since) apply(change, synced);
    since.clear();
  }
};

using Names = std::map<std::string, std::shared_ptr<Inode>>;

/// A name appears with an inode, or goes.
struct NameChange {
  std::uint64_t number;  // Over all folders.
  std::string name;
  std::shared_ptr<Inode> inode;  // None: it goes.
  std::uint64_t only_with = 0;   // The other half of a rename.
  std::string drops;             // The old name, of a rename within one folder.
};

std::string folder_of(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? "." : name.substr(0, slash);
}

class Disk {
 public:
  explicit Disk(const Honest& honest) : honest_(honest) {}

  void replay(const LoggedChange& change) {
    switch (change.op) {
      case DiskOp::open:
        return open(change);
      case DiskOp::write:
      case DiskOp::truncate:
        if (Inode* inode = by_file(change.file)) {
          inode->since.push_back({change.op, change.offset, change.content});
        }
        return;
      case DiskOp::sync:
        if (Inode* inode = by_file(change.file); inode != nullptr && honest_(change)) inode->sync();
        return;
      case DiskOp::sync_folder:
        if (honest_(change)) sync_names(change.name);
        return;
      case DiskOp::rename:
      case DiskOp::link: {
        const std::size_t nul = change.content.find('\0');
        return move(change.op, change.content.substr(0, nul), change.content.substr(nul + 1));
      }
      case DiskOp::unlink:
        return note({.name = change.content, .inode = {}});
      case DiskOp::mkdir:
        made_.insert(change.content);
        return note(
            {.name = change.content, .inode = std::make_shared<Inode>(Inode{.is_folder = true})});
      case DiskOp::said:
        said_ += change.content;
        return;
    }
  }

  /// What is left when the power goes now.
  DiskState cut(Random random) const {
    DiskState state;
    state.said = said_;
    if (const auto acks = now_.find("acks"); acks != now_.end()) {
      Inode whole = *acks->second;
      whole.sync();
      state.acknowledged = whole.synced;
    }
    const Names names = names_left(random);
    for (const auto& [name, inode] : names) {
      if (!is_reached(name, names)) continue;
      if (inode->is_folder) {
        state.folders.insert(name);
      } else {
        state.files[name] = content_left(*inode, random);
      }
    }
    return state;
  }

 private:
  void open(const LoggedChange& change) {
    if (change.offset == 1) note({.name = change.content, .inode = std::make_shared<Inode>()});
    const auto found = now_.find(change.content);
    if (found == now_.end()) {
      files_.erase(change.file);
    } else {
      files_[change.file] = found->second;
    }
  }

  Inode* by_file(std::uint32_t file) {
    const auto found = files_.find(file);
    return found == files_.end() ? nullptr : found->second.get();
  }

  void move(DiskOp op, const std::string& from, const std::string& to) {
    const auto found = now_.find(from);
    if (found == now_.end()) return;  // From elsewhere: nothing that was logged.
    const std::shared_ptr<Inode> inode = found->second;
    if (op == DiskOp::link) return note({.name = to, .inode = inode});
    if (folder_of(from) == folder_of(to)) return note({.name = to, .inode = inode, .drops = from});
    note({.name = to, .inode = inode});
    note({.name = from, .inode = {}, .only_with = changes_});
  }

  void note(NameChange change) {
    change.number = ++changes_;
    apply(change, now_);
    since_[folder_of(change.name)].push_back(std::move(change));
  }

  static void apply(const NameChange& change, Names& names) {
    if (!change.drops.empty()) names.erase(change.drops);
    if (change.inode) {
      names[change.name] = change.inode;
    } else {
      names.erase(change.name);
    }
  }

  void sync_names(const std::string& folder) {
    const auto found = since_.find(folder);
    if (found == since_.end()) return;
    const std::vector<NameChange> changes = std::move(found->second);
    since_.erase(found);
    for (const NameChange& change : changes) {
      if (change.only_with != 0) sync_names_through(change.only_with);
      apply(change, safe_);
    }
  }

  /// The folder of this change, up to it.
  void sync_names_through(std::uint64_t number) {
    for (auto& [folder, changes] : since_) {
      const auto is_it = [number](const NameChange& change) { return change.number == number; };
      const auto it = std::find_if(changes.begin(), changes.end(), is_it);
      if (it == changes.end()) continue;
      for (auto change = changes.begin(); change <= it; ++change) apply(*change, safe_);
      changes.erase(changes.begin(), it + 1);
      return;
    }
  }

  Names names_left(Random& random) const {
    std::map<std::uint64_t, const NameChange*> kept;
    for (const auto& [folder, changes] : since_) {
      const std::uint64_t mode = random.next() % 4;
      const std::size_t count = mode == 0 ? 0 : random.next() % (changes.size() + 1);
      std::set<std::string> lost;
      for (std::size_t i = 0; i < changes.size(); ++i) {
        const bool is_kept =
            mode == 1 || (mode == 2 && i < count) || (mode == 3 && random.next() % 2 == 0);
        // Of one name only the last changes can be lost.
        const bool is_late = lost.contains(changes[i].name) || lost.contains(changes[i].drops);
        if (is_kept && !is_late) {
          kept.emplace(changes[i].number, &changes[i]);
        } else {
          lost.insert(changes[i].name);
          if (!changes[i].drops.empty()) lost.insert(changes[i].drops);
        }
      }
    }
    Names names = safe_;
    for (const auto& [number, change] : kept) {
      // Its other half did not come, and was not safe before: then this half did not either.
      const bool is_half = change->only_with != 0 && !kept.contains(change->only_with) &&
                           is_unsafe(change->only_with);
      if (!is_half) apply(*change, names);
    }
    return names;
  }

  bool is_unsafe(std::uint64_t number) const {
    return std::any_of(since_.begin(), since_.end(), [number](const auto& folder) {
      return std::any_of(folder.second.begin(), folder.second.end(),
                         [number](const NameChange& change) { return change.number == number; });
    });
  }

  /// Whether all folders above are there; those that nobody made always are.
  bool is_reached(const std::string& name, const Names& names) const {
    for (std::string above = folder_of(name); above != "."; above = folder_of(above)) {
      if (made_.contains(above) && !names.contains(above)) return false;
    }
    return true;
  }

  /// Everything, nothing, or each change by chance: whole, torn, or only as a length.
  static std::string content_left(const Inode& inode, Random& random) {
    std::string content = inode.synced;
    const std::uint64_t mode = random.next() % 4;
    for (const Change& change : inode.since) {
      const std::uint64_t chance = mode == 0 ? 7 : mode == 1 ? 0 : random.next() % 8;
      if (chance < 4) {
        Inode::apply(change, content);
      } else if (chance == 4) {
        tear(change, random, content);
      } else if (chance == 5 && change.op == DiskOp::write) {
        content.resize(
            std::max<std::size_t>(content.size(), change.offset + change.content.size()));
      }
    }
    return content;
  }

  /// Each sector of it is there or not.
  static void tear(const Change& change, Random& random, std::string& content) {
    if (change.op == DiskOp::truncate) return;
    const std::uint64_t end = change.offset + change.content.size();
    for (std::uint64_t at = change.offset; at < end;) {
      const std::uint64_t next = std::min(end, (at / kSectorBytes + 1) * kSectorBytes);
      if (random.next() % 2 == 0) {
        Inode::put(at, std::string_view(change.content).substr(at - change.offset, next - at),
                   content);
      }
      at = next;
    }
  }

  const Honest& honest_;
  Names now_;
  Names safe_;
  std::set<std::string> made_;
  std::map<std::string, std::vector<NameChange>> since_;  // By folder.
  std::uint64_t changes_ = 0;
  std::map<std::uint32_t, std::shared_ptr<Inode>> files_;
  std::string said_;
};

}  // namespace

std::vector<LoggedChange> read_disk_log(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<LoggedChange> log;
  std::map<std::uint32_t, std::string> names;
  DiskRecord record;
  while (in.read(reinterpret_cast<char*>(&record), sizeof record)) {
    LoggedChange change{record.op, record.file, record.offset, std::string(record.bytes, '\0'), {}};
    in.read(change.content.data(), static_cast<std::streamsize>(record.bytes));
    if (change.op == DiskOp::open) names[change.file] = change.content;
    if (change.op == DiskOp::sync || change.op == DiskOp::sync_folder) {
      change.name = names[change.file];
    }
    log.push_back(std::move(change));
  }
  return log;
}

void DiskState::write_to(const std::filesystem::path& folder) const {
  for (const std::string& name : folders) std::filesystem::create_directories(folder / name);
  for (const auto& [name, content] : files) {
    const std::filesystem::path path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
}

DiskState state_after(const std::vector<LoggedChange>& log, std::size_t changes, std::uint64_t seed,
                      const Honest& honest) {
  Disk disk(honest);
  for (std::size_t i = 0; i < changes; ++i) disk.replay(log[i]);
  return disk.cut(Random(seed));
}

}  // namespace penstock::fault
