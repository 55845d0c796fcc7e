// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// mkdtemp: the kernel refuses a name that exists, so a planted link is never followed.
#include "os/temp_folder.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include "os/system_error.h"

namespace penstock::os {

Result<TempFolder> TempFolder::create(const std::filesystem::path& parent) {
  std::string name = (parent / "penstock-XXXXXX").native();
  if (::mkdtemp(name.data()) == nullptr) return system_error("create", parent.native());
  return TempFolder(std::move(name));
}

TempFolder::~TempFolder() {
  // What cannot be removed is left: a destructor has nobody to tell.
  std::error_code left;
  if (!path_.empty()) std::filesystem::remove_all(path_, left);
}

}  // namespace penstock::os
