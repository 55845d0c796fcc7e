// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Write, sync, rename, sync the folder: in this order, or a power loss leaves a name without bytes.
#include "steps/body_file.h"

namespace penstock::steps {
namespace {

constexpr const char* kPartSuffix = ".part";

}  // namespace

Result<std::unique_ptr<BodyFile>> BodyFile::open(const std::string& folder, ItemId item) {
  std::string path = folder + "/" + std::to_string(item.value);
  const std::string part = path + kPartSuffix;
  PENSTOCK_CHECK(os::remove_file(part));
  PENSTOCK_TRY(file, os::File::open(part, os::FileMode::create_new));
  return std::unique_ptr<BodyFile>(new BodyFile(std::move(file), folder, std::move(path)));
}

BodyFile::~BodyFile() {
  // A leftover is harmless: the next attempt removes it.
  if (!kept_) (void)os::remove_file(path_ + kPartSuffix);
}

Status BodyFile::keep() {
  PENSTOCK_CHECK(file_.sync());
  PENSTOCK_CHECK(os::rename_file(path_ + kPartSuffix, path_));
  kept_ = true;
  return os::sync_folder(folder_);
}

}  // namespace penstock::steps
