// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One stat() a file: the name must still lead to the same inode.
#include "ledger/file_guard.h"

#include <string>
#include <string_view>
#include <utility>

namespace penstock::ledger {
namespace {

Error replaced(const std::filesystem::path& path, std::string_view what) {
  return Error{.code = Errc::corrupt,
               .message = path.native() + " " + std::string(what) + " while the run was using it",
               .kind = "ledger.replaced"};
}

}  // namespace

Status FileGuard::watch(std::filesystem::path path, Growth growth) {
  PENSTOCK_TRY(state, os::file_state(path));
  files_.push_back({std::move(path), growth, state});
  return ok();
}

Status FileGuard::check() {
  for (Watched& file : files_) {
    PENSTOCK_TRY(now, os::file_state(file.path));
    if (!file.state) {
      file.state = now;
      continue;
    }
    if (!now) return replaced(file.path, "was removed");
    if (now->inode != file.state->inode || now->device != file.state->device) {
      return replaced(file.path, "was replaced");
    }
    if (file.growth == Growth::only_grows && now->size_bytes < file.state->size_bytes) {
      return replaced(file.path, "was cut");
    }
    file.state = now;
  }
  return ok();
}

}  // namespace penstock::ledger
