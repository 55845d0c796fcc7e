// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the lab serves: a folder, an index of its pages, robots.txt. Read-only once opened.
#pragma once

#include "folder.h"
#include "page_index.h"

#include <penstock/error.h>

#include <memory>
#include <optional>
#include <string>

namespace penstock::lab {

struct SiteOptions {
  std::string folder{};                ///< Empty: none is served.
  std::uint64_t index_files = 10'000;  ///< Pages indexed at most, by order of path.
  std::string robots_file{};           ///< Empty: /robots.txt is 404.
  std::uint64_t spread = 0;            ///< Hosts 127.0.0.1 to .N in search results; 0: as asked.
};

struct Site {
  std::unique_ptr<Folder> folder{};
  PageIndex index{};
  std::optional<std::string> robots{};
  std::uint64_t spread = 0;
};

/// Reads and indexes everything. Errors: invalid, if a folder or file cannot be read.
/// Blocks: on the disk, about 1 s for 2,000 pages.
[[nodiscard]] Result<Site> open_site(const SiteOptions& options);

}  // namespace penstock::lab
