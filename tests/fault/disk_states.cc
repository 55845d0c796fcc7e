// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A model of a file system that keeps no promise that it did not give: writes of one file are
// reordered freely between syncs, in sectors of 512 bytes; names come and go in order.
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

/// One file, under whatever name: what is safe, and what has come since.
struct Inode {
  std::string synced;
  std::vector<Change> since;

  static void apply(const Change& change, std::uint64_t bytes, std::string& content) {
    if (change.op == DiskOp::truncate) {
      content.resize(change.offset);
      return;
    }
    const std::size_t end = change.offset + bytes;
    if (content.size() < end) content.resize(end);
    content.replace(change.offset, bytes, change.content, 0, bytes);
  }
  void sync() {
    for (const Change& change : since) apply(change, change.content.size(), synced);
    since.clear();
  }
};

using Names = std::map<std::string, std::shared_ptr<Inode>>;

struct NameChange {
  DiskOp op;
  std::string name;
  std::string other;
  std::shared_ptr<Inode> inode;
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
        if (honest_(names_of_[change.file])) {
          if (Inode* inode = by_file(change.file)) inode->sync();
        }
        return;
      case DiskOp::sync_folder:
        return sync_names(names_of_[change.file]);
      case DiskOp::rename:
      case DiskOp::link: {
        const std::size_t nul = change.content.find('\0');
        return name({change.op, change.content.substr(0, nul), change.content.substr(nul + 1), {}});
      }
      case DiskOp::unlink:
        return name({change.op, change.content, "", {}});
      case DiskOp::mkdir:
        return;  // Folders are made with the files in them.
    }
  }

  /// What is left when the power goes now.
  DiskState cut(Random random) const {
    DiskState state;
    const auto acks = now_.find("acks");
    if (acks != now_.end()) {
      Inode whole = *acks->second;
      whole.sync();
      state.acknowledged = whole.synced;
    }
    Names names = safe_;
    const std::size_t kept = names_since_.empty() ? 0 : random.next() % (names_since_.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) apply(names_since_[i], names);
    for (const auto& [name, inode] : names) state.files[name] = left_of(*inode, random);
    return state;
  }

 private:
  void open(const LoggedChange& change) {
    names_of_[change.file] = change.content;
    auto found = now_.find(change.content);
    if (found == now_.end() && change.offset == 1) {
      name({DiskOp::open, change.content, "", std::make_shared<Inode>()});
      found = now_.find(change.content);
    }
    if (found != now_.end()) files_[change.file] = found->second;
  }

  Inode* by_file(std::uint32_t file) {
    const auto found = files_.find(file);
    return found == files_.end() ? nullptr : found->second.get();
  }

  void name(const NameChange& change) {
    apply(change, now_);
    names_since_.push_back(change);
  }

  static void apply(const NameChange& change, Names& names) {
    if (change.op == DiskOp::open) {
      names[change.name] = change.inode;
      return;
    }
    const auto found = names.find(change.name);
    if (found == names.end()) return;
    if (change.op != DiskOp::unlink) names[change.other] = found->second;
    if (change.op != DiskOp::link) names.erase(change.name);
  }

  void sync_names(const std::string& folder) {
    if (!honest_(folder)) return;
    std::vector<NameChange> left;
    for (const NameChange& change : names_since_) {
      if (folder_of(change.name) == folder) {
        apply(change, safe_);
      } else {
        left.push_back(change);
      }
    }
    names_since_ = std::move(left);
  }

  /// Everything, nothing, or each change by chance; one in four of those is torn.
  static std::string left_of(const Inode& inode, Random& random) {
    std::string content = inode.synced;
    const std::uint64_t mode = random.next() % 4;
    for (const Change& change : inode.since) {
      const std::uint64_t chance = mode == 0 ? 0 : mode == 1 ? 1 : random.next() % 8;
      if (chance == 0 || chance > 4) continue;
      std::uint64_t bytes = change.content.size();
      if (chance == 4 && bytes > 0) bytes = random.next() % bytes / kSectorBytes * kSectorBytes;
      Inode::apply(change, bytes, content);
    }
    return content;
  }

  const Honest& honest_;
  Names now_;
  Names safe_;
  std::vector<NameChange> names_since_;
  std::map<std::uint32_t, std::shared_ptr<Inode>> files_;
  std::map<std::uint32_t, std::string> names_of_;
};

}  // namespace

std::vector<LoggedChange> read_disk_log(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<LoggedChange> log;
  DiskRecord record;
  while (in.read(reinterpret_cast<char*>(&record), sizeof record)) {
    LoggedChange change{record.op, record.file, record.offset, std::string(record.bytes, '\0')};
    in.read(change.content.data(), static_cast<std::streamsize>(record.bytes));
    log.push_back(std::move(change));
  }
  return log;
}

void DiskState::write_to(const std::filesystem::path& folder) const {
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
