// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// An inverted index over pages: word -> pages with counts, ranked by tf-idf. Built once, then
// only read. It knows paths and texts, no files and no HTTP.
#pragma once

#include "page_text.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace penstock::lab {

/// Threads: any, once built.
class PageIndex {
 public:
  struct Hit {
    std::uint32_t page;
    double score;
  };
  struct Page {
    std::string path;  ///< As added.
    std::string title;
    std::string text;
  };

  /// Numbers pages from 0 in the order of adding.
  void add(std::string path, PageText page);

  /// All pages with at least one of the words, best first, equal ones by order of adding.
  [[nodiscard]] std::vector<Hit> search(std::string_view query) const;

  [[nodiscard]] const Page& page(std::uint32_t number) const { return pages_[number]; }
  [[nodiscard]] std::size_t pages() const noexcept { return pages_.size(); }
  [[nodiscard]] std::size_t words() const noexcept { return postings_.size(); }

  /// About 160 bytes of a page around the first word of the query; whole UTF-8 characters.
  [[nodiscard]] std::string snippet(std::uint32_t page, std::string_view query) const;

 private:
  struct Posting {
    std::uint32_t page;
    std::uint32_t count;
  };
  void count_words(std::string_view text, std::uint32_t weight);

  std::vector<Page> pages_;
  std::unordered_map<std::string, std::vector<Posting>> postings_;
};

}  // namespace penstock::lab
