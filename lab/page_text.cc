// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One pass over the bytes: text up to '<', then one tag.
#include "page_text.h"

#include <algorithm>
#include <array>

namespace penstock::lab {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool begins_with(std::string_view text, std::string_view start) noexcept {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(),
                                                   [](char a, char b) { return a == lower(b); });
}

std::size_t find_end_tag(std::string_view html, std::size_t from, std::string_view tag) {
  for (auto at = html.find("</", from); at != std::string_view::npos;
       at = html.find("</", at + 2)) {
    if (begins_with(html.substr(at + 2), tag)) return at;
  }
  return html.size();
}

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr std::array<Entity, 11> kEntities{{{"&mdash;", "\u2014"},
                                            {"&ndash;", "\u2013"},
                                            {"&hellip;", "\u2026"},
                                            {"&copy;", "\u00A9"},
                                            {"&#187;", "\u00BB"},
                                            {"&amp;", "&"},
                                            {"&lt;", "<"},
                                            {"&gt;", ">"},
                                            {"&quot;", "\""},
                                            {"&#39;", "'"},
                                            {"&nbsp;", " "}}};

/// Text is appended with runs of blanks made one.
class Collector {
 public:
  void add(std::string_view part) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] == '&') {
        i += add_entity(part.substr(i)) - 1;
      } else {
        add_char(part[i]);
      }
    }
  }
  void add_break() { blank_ = !out_.empty(); }
  std::string take() { return std::move(out_); }

 private:
  std::size_t add_entity(std::string_view rest) {
    for (const auto& entity : kEntities) {
      if (rest.substr(0, entity.name.size()) != entity.name) continue;
      for (const char c : entity.text) add_char(c);
      return entity.name.size();
    }
    add_char('&');
    return 1;
  }
  void add_char(char c) {
    if (kBlanks.find(c) != std::string_view::npos) return add_break();
    if (blank_) out_.push_back(' ');
    blank_ = false;
    out_.push_back(c);
  }

  std::string out_;
  bool blank_ = false;
};

/// Where the tag, comment or unread element (script, style) that begins at `at` ends.
std::size_t skip_markup(std::string_view html, std::size_t at) {
  const auto rest = html.substr(at + 1);
  if (begins_with(rest, "!--")) {
    const auto end = html.find("-->", at + 4);
    return end == std::string_view::npos ? html.size() : end + 3;
  }
  std::size_t from = at;
  if (begins_with(rest, "script")) from = find_end_tag(html, at, "script");
  if (begins_with(rest, "style")) from = find_end_tag(html, at, "style");
  const auto end = html.find('>', from);
  return end == std::string_view::npos ? html.size() : end + 1;
}

// Inline tags do not part words; all others do.
bool is_inline_tag(std::string_view after_less) {
  if (!after_less.empty() && after_less.front() == '/') after_less.remove_prefix(1);
  const auto name = after_less.substr(0, after_less.find_first_of("> \t\r\n/"));
  constexpr std::array<std::string_view, 8> kInline{"a", "b",    "code",   "em",
                                                    "i", "span", "strong", "tt"};
  return std::find(kInline.begin(), kInline.end(), name) != kInline.end();
}

bool is_word_char(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || byte > 127;
}

std::string one_line(std::string_view text) {
  Collector collector;
  collector.add(text);
  return collector.take();
}

}  // namespace

PageText html_text(std::string_view html) {
  Collector text;
  std::string title;
  std::size_t at = 0;
  while (at < html.size()) {
    const auto tag = std::min(html.find('<', at), html.size());
    text.add(html.substr(at, tag - at));
    if (tag == html.size()) break;
    at = skip_markup(html, tag);
    if (!is_inline_tag(html.substr(tag + 1, 16))) text.add_break();
    if (title.empty() && begins_with(html.substr(tag + 1), "title")) {
      const auto end = find_end_tag(html, at, "title");
      title = one_line(html.substr(at, end - std::min(at, end)));
      at = end;
    }
  }
  return {std::move(title), text.take()};
}

PageText plain_text(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(kBlanks), text.size());
  const auto end = std::min(text.find('\n', begin), text.size());
  Collector all;
  for (const char c : text) all.add(c == '&' ? std::string_view("&amp;") : std::string_view(&c, 1));
  return {one_line(text.substr(begin, std::min<std::size_t>(end - begin, 120))), all.take()};
}

Word next_word(std::string_view text, std::size_t from) noexcept {
  while (from < text.size() && !is_word_char(text[from])) ++from;
  auto end = from;
  while (end < text.size() && is_word_char(text[end])) ++end;
  return {text.substr(std::min(from, text.size()), end - from), from};
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  auto word = next_word(text, 0);
  while (!word.text.empty()) {
    words.push_back(word);
    word = next_word(text, word.offset + word.text.size());
  }
  return words;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

}  // namespace penstock::lab
