// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Indexing: each page is read once, its text kept for snippets, its bytes dropped.
#include "site.h"

#include <fstream>
#include <iterator>

namespace penstock::lab {

Result<Site> open_site(const SiteOptions& options) {
  Site site;
  site.spread = options.spread;
  if (!options.robots_file.empty()) {
    std::ifstream file(options.robots_file, std::ios::binary);
    if (!file) {
      return Error{Errc::invalid, "open " + options.robots_file + ": cannot be read", "lab.robots"};
    }
    site.robots = std::string(std::istreambuf_iterator<char>(file), {});
  }
  if (options.folder.empty()) return site;
  PENSTOCK_TRY(folder, Folder::open(options.folder));
  site.folder = std::move(folder);
  for (auto& path : site.folder->pages(options.index_files)) {
    const auto bytes = site.folder->read(path);
    const bool html = content_type(path).substr(0, 9) == "text/html";
    site.index.add(std::move(path), html ? html_text(bytes) : plain_text(bytes));
  }
  return site;
}

}  // namespace penstock::lab
