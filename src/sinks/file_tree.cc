// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The folder that a run fills with files.
#include "sinks/file_tree.h"

#include <filesystem>
#include <utility>

#include "os/file.h"
#include "sinks/sync_all.h"

namespace penstock::sinks {
namespace {

constexpr std::string_view kStoredSuffix = ".tmp";
constexpr std::size_t kFoldersOpenMax = 256;
constexpr std::size_t kCopyBytes = std::size_t{256} << 10U;

std::string stored_name(std::uint64_t number) {
  return std::to_string(number) + std::string(kStoredSuffix);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string_view folder_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return path.substr(0, slash == std::string_view::npos ? 0 : slash);
}

// These are the user's own layout, so links are followed here.
Status make_folders(const std::filesystem::path& path) {
  std::filesystem::path made;
  for (const std::filesystem::path& part : path) {
    const std::filesystem::path above = made.empty() ? std::filesystem::path(".") : made;
    made /= part;
    PENSTOCK_TRY(state, os::file_state(made));
    if (state) continue;
    PENSTOCK_CHECK(os::Folder::open_or_create(made));
    PENSTOCK_CHECK(os::sync_folder(above));
  }
  return ok();
}

bool is_no_folder(const Error& error) {
  return error.kind == "system.ENOTDIR" || error.kind == "system.ELOOP";
}

}  // namespace

Result<FileTree> FileTree::open(const std::string& root) {
  PENSTOCK_CHECK(make_folders(root));
  PENSTOCK_TRY(folder, os::Folder::open(root));
  PENSTOCK_TRY(own, folder.open_or_create_folder(std::string(kPrivateFolder)));
  PENSTOCK_TRY(names, own.names());
  for (const std::string& name : names) {
    if (name.ends_with(kStoredSuffix)) PENSTOCK_CHECK(own.remove_file(name));
  }
  PENSTOCK_CHECK(folder.sync());
  return FileTree(std::move(folder), std::move(own));
}

std::string FileTree::private_path(std::string_view name) const {
  return (private_.path() / name).native();
}

// A file or a link on the way is an error with a kind of is_no_folder().
Result<const os::Folder*> FileTree::folder_of(const std::string& path) {
  const std::string_view wanted = folder_path(path);
  if (wanted.empty()) {
    root_touched_ = true;
    return &root_;
  }
  if (const auto known = touched_.find(wanted); known != touched_.end()) return &known->second;
  if (touched_.size() >= kFoldersOpenMax) PENSTOCK_CHECK(sync());
  PENSTOCK_TRY(above, folder_of(std::string(wanted)));
  PENSTOCK_TRY(folder, above->open_or_create_folder(name_of(std::string(wanted))));
  return &touched_.emplace(wanted, std::move(folder)).first->second;
}

Result<std::optional<FileTree::Stands>> FileTree::look(const std::string& path) {
  auto folder = folder_of(path);
  if (!folder && is_no_folder(folder.error())) return std::optional<Stands>();
  if (!folder) return std::move(folder.error());
  PENSTOCK_TRY(state, (*folder)->state_of(name_of(path)));
  return std::optional(state ? Stands::something : Stands::nothing);
}

Result<bool> FileTree::has_folder(const std::string& path) {
  const auto folder = folder_of(path + "/");
  if (folder) return true;
  if (is_no_folder(folder.error())) return false;
  return folder.error();
}

Result<std::uint64_t> FileTree::store(std::string_view content) {
  PENSTOCK_TRY(file, private_.open_file(stored_name(++stored_), os::FileMode::create_new));
  PENSTOCK_CHECK(file.write_all(content));
  return stored_;
}

Result<std::uint64_t> FileTree::store_file(const os::Folder& folder, const std::string& name) {
  PENSTOCK_TRY(linked, private_.link(stored_name(++stored_), folder, name));
  if (linked) return stored_;
  PENSTOCK_TRY(from, folder.open_file(name, os::FileMode::read));
  PENSTOCK_TRY(to, private_.open_file(stored_name(stored_), os::FileMode::create_new));
  std::vector<char> block(kCopyBytes);
  for (;;) {
    PENSTOCK_TRY(count, from.read_some(block));
    if (count.value_or(0) == 0) break;
    PENSTOCK_CHECK(to.write_all({block.data(), *count}));
  }
  return stored_;
}

Status FileTree::sync_stored(const std::vector<std::uint64_t>& stored) const {
  return sync_all(stored.size(), [&](std::size_t i) -> Status {
    PENSTOCK_TRY(file, private_.open_file(stored_name(stored[i]), os::FileMode::read));
    return file.sync();
  });
}

Status FileTree::drop(std::uint64_t stored) { return private_.remove_file(stored_name(stored)); }

Status FileTree::place(std::uint64_t stored, const std::string& path) {
  PENSTOCK_TRY(folder, folder_of(path));
  return private_.move(stored_name(stored), *folder, name_of(path));
}

Status FileTree::remove(const std::string& path) {
  auto folder = folder_of(path);
  if (!folder && is_no_folder(folder.error())) return ok();
  if (!folder) return std::move(folder.error());
  return (*folder)->remove_file(name_of(path));
}

Status FileTree::sync() {
  if (std::exchange(root_touched_, false)) PENSTOCK_CHECK(root_.sync());
  std::vector<const os::Folder*> folders;
  for (const auto& [path, folder] : touched_) folders.push_back(&folder);
  PENSTOCK_CHECK(sync_all(folders.size(), [&](std::size_t i) { return folders[i]->sync(); }));
  touched_.clear();
  return ok();
}

}  // namespace penstock::sinks
