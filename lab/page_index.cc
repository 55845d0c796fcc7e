// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Pages are added in order, so the posting of the page in hand is always the last of its word.
//
// score = sum over words of (1 + ln count) * ln(1 + pages / pages with the word). A word of the
// title counts as ten of the text.
#include "page_index.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace penstock::lab {
namespace {

constexpr std::uint32_t kTitleWeight = 10;
constexpr std::size_t kSnippetBytes = 160;
constexpr std::size_t kSnippetLead = 40;

std::set<std::string> query_words(std::string_view query) {
  std::set<std::string> words;
  for (const auto& word : words_of(query)) words.insert(lowered(word.text));
  return words;
}

bool is_tail(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t character_start(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && is_tail(text[at])) --at;
  return std::min(at, text.size());
}

}  // namespace

void PageIndex::add(std::string path, PageText page) {
  pages_.push_back({std::move(path), std::move(page.title), std::move(page.text)});
  count_words(pages_.back().text, 1);
  count_words(pages_.back().title, kTitleWeight);
}

void PageIndex::count_words(std::string_view text, std::uint32_t weight) {
  const auto number = static_cast<std::uint32_t>(pages_.size() - 1);
  for (const auto& word : words_of(text)) {
    auto& postings = postings_[lowered(word.text)];
    if (postings.empty() || postings.back().page != number) postings.push_back({number, 0});
    postings.back().count += weight;
  }
}

std::vector<PageIndex::Hit> PageIndex::search(std::string_view query) const {
  std::unordered_map<std::uint32_t, double> scores;
  for (const auto& word : query_words(query)) {
    const auto found = postings_.find(word);
    if (found == postings_.end()) continue;
    const auto share =
        static_cast<double>(pages_.size()) / static_cast<double>(found->second.size());
    const double rarity = std::log1p(share);
    for (const auto& posting : found->second) {
      scores[posting.page] += (1 + std::log(posting.count)) * rarity;
    }
  }
  std::vector<Hit> hits;
  hits.reserve(scores.size());
  for (const auto& [page, score] : scores) hits.push_back({page, score});
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    return a.score != b.score ? a.score > b.score : a.page < b.page;
  });
  return hits;
}

std::string PageIndex::snippet(std::uint32_t page, std::string_view query) const {
  const auto& text = pages_[page].text;
  const auto wanted = query_words(query);
  const auto is_wanted = [&](std::string_view word) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& want) {
      return want.size() == word.size() && want == lowered(word);
    });
  };
  auto word = next_word(text, 0);
  while (!word.text.empty() && !is_wanted(word.text)) {
    word = next_word(text, word.offset + word.text.size());
  }
  const auto at = word.text.empty() ? 0 : word.offset;
  const auto begin = character_start(text, at > kSnippetLead ? at - kSnippetLead : 0);
  const auto end = character_start(text, std::min(begin + kSnippetBytes, text.size()));
  return text.substr(begin, end - begin);
}

}  // namespace penstock::lab
