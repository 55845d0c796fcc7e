// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// libxml2's HTML parser as a stream of events: no tree is built, so nothing recurses and memory is
// the page, its text and one stack of open elements.
//
// Why the work is bounded: for each tag the parser may walk its stack of open elements, so a chunk
// costs at most its bytes times the depth. That product is counted before each chunk and has a
// limit; pages that people write stay a thousand times below it.
#include "steps/html_text.h"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "core/utf8.h"
#include "steps/text_layout.h"

namespace penstock::steps {
namespace {

constexpr std::size_t kChunkBytes = 32 << 10;
constexpr std::uint64_t kWorkMax = std::uint64_t{1} << 31;  // About a second.

enum class Role : std::uint8_t {
  flow,
  line,
  paragraph,
  list,
  item,
  cell,
  pre,
  title,
  dropped,
  nav
};

using NamedRole = std::pair<std::string_view, Role>;

// Sorted by name.
constexpr std::array kRoles = {
    NamedRole{"address", Role::line},      NamedRole{"article", Role::paragraph},
    NamedRole{"aside", Role::nav},         NamedRole{"blockquote", Role::paragraph},
    NamedRole{"br", Role::line},           NamedRole{"caption", Role::line},
    NamedRole{"center", Role::line},       NamedRole{"dd", Role::line},
    NamedRole{"details", Role::line},      NamedRole{"dialog", Role::line},
    NamedRole{"div", Role::line},          NamedRole{"dl", Role::paragraph},
    NamedRole{"dt", Role::line},           NamedRole{"fieldset", Role::line},
    NamedRole{"figcaption", Role::line},   NamedRole{"figure", Role::paragraph},
    NamedRole{"footer", Role::nav},        NamedRole{"form", Role::line},
    NamedRole{"h1", Role::paragraph},      NamedRole{"h2", Role::paragraph},
    NamedRole{"h3", Role::paragraph},      NamedRole{"h4", Role::paragraph},
    NamedRole{"h5", Role::paragraph},      NamedRole{"h6", Role::paragraph},
    NamedRole{"head", Role::dropped},      NamedRole{"header", Role::line},
    NamedRole{"hr", Role::paragraph},      NamedRole{"iframe", Role::dropped},
    NamedRole{"legend", Role::line},       NamedRole{"li", Role::item},
    NamedRole{"main", Role::line},         NamedRole{"nav", Role::nav},
    NamedRole{"noscript", Role::dropped},  NamedRole{"ol", Role::list},
    NamedRole{"option", Role::line},       NamedRole{"p", Role::paragraph},
    NamedRole{"pre", Role::pre},           NamedRole{"script", Role::dropped},
    NamedRole{"section", Role::paragraph}, NamedRole{"style", Role::dropped},
    NamedRole{"summary", Role::line},      NamedRole{"svg", Role::dropped},
    NamedRole{"table", Role::paragraph},   NamedRole{"td", Role::cell},
    NamedRole{"template", Role::dropped},  NamedRole{"th", Role::cell},
    NamedRole{"title", Role::title},       NamedRole{"tr", Role::line},
    NamedRole{"ul", Role::list},
};
static_assert(std::is_sorted(kRoles.begin(), kRoles.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; }));

Role role_of(std::string_view name) {
  const auto* found = std::lower_bound(
      kRoles.begin(), kRoles.end(), name,
      [](const NamedRole& row, std::string_view wanted) { return row.first < wanted; });
  return found != kRoles.end() && found->first == name ? found->second : Role::flow;
}

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

/// What the parser reports, as lines and words.
///
/// Invariant: the parser reports an end for every start, so counters of open elements are enough.
class PageReader {
 public:
  explicit PageReader(Furniture furniture) : furniture_(furniture) {}

  void start(std::string_view name, const xmlChar** attributes) {
    ++depth_;
    if (is_silent()) {
      // A page's title stands in its head, which is left out otherwise.
      if (role_of(name) == Role::title && silent_in_head_) in_title_ = true;
      return;
    }
    const Role role = role_of(name);
    const bool is_furniture = role == Role::nav && furniture_ == Furniture::drop;
    if (role == Role::dropped || is_furniture || is_hidden(attributes)) {
      silent_depth_ = depth_;
      silent_in_head_ = name == "head";
      return;
    }
    open(role);
  }

  void end(std::string_view name) {
    const Role role = role_of(name);
    if (role == Role::title && std::exchange(in_title_, false)) keep_title();
    if (is_silent()) {
      if (depth_ == silent_depth_) silent_depth_ = 0;
    } else {
      close(role);
    }
    --depth_;
  }

  void characters(std::string_view text) {
    if (in_title_) return title_layout_.add_folded(text);
    if (is_silent()) return;
    pre_open_ > 0 ? layout_.add_verbatim(text) : layout_.add_folded(text);
  }

  HtmlText take() { return {std::move(title_), layout_.take()}; }

 private:
  bool is_silent() const { return silent_depth_ != 0; }

  static bool is_hidden(const xmlChar** attributes) {
    for (; attributes != nullptr && *attributes != nullptr; attributes += 2) {
      if (view(*attributes) == "hidden") return true;
    }
    return false;
  }

  void open(Role role) {
    switch (role) {
      case Role::flow:
        return;
      case Role::nav:
      case Role::line:
        return layout_.end_line();
      case Role::paragraph:
        return layout_.end_paragraph();
      case Role::list:
        return open_list();
      case Role::item:
        return layout_.begin_item(lists_open_);
      case Role::cell:
        return layout_.next_cell();
      case Role::pre:
        ++pre_open_;
        return layout_.end_paragraph();
      case Role::title:
        in_title_ = true;
        return;
      case Role::dropped:
        return;
    }
  }

  void open_list() { lists_open_++ == 0 ? layout_.end_paragraph() : layout_.end_line(); }

  void close(Role role) {
    if (role == Role::list) --lists_open_;
    if (role == Role::pre) --pre_open_;
    const bool is_outer_list = role == Role::list && lists_open_ == 0;
    if (role == Role::paragraph || role == Role::pre || is_outer_list) layout_.end_paragraph();
    const bool is_line = role == Role::line || role == Role::nav || role == Role::item;
    if (is_line || role == Role::list) layout_.end_line();
  }

  /// The first one counts.
  void keep_title() {
    std::string title = title_layout_.take();
    if (title_.empty()) title_ = std::move(title);
  }

  Furniture furniture_;
  TextLayout layout_;
  TextLayout title_layout_;
  std::string title_;
  std::size_t depth_ = 0;
  std::size_t silent_depth_ = 0;  // The depth at which the left-out element began; 0: none.
  bool silent_in_head_ = false;
  bool in_title_ = false;
  std::size_t lists_open_ = 0;
  std::size_t pre_open_ = 0;
};

PageReader& reader_of(void* self) { return *static_cast<PageReader*>(self); }

xmlSAXHandler events() {
  xmlSAXHandler sax{};
  sax.startElement = [](void* self, const xmlChar* name, const xmlChar** attributes) {
    reader_of(self).start(view(name), attributes);
  };
  sax.endElement = [](void* self, const xmlChar* name) { reader_of(self).end(view(name)); };
  const auto characters = [](void* self, const xmlChar* text, int bytes) {
    reader_of(self).characters({reinterpret_cast<const char*>(text), std::size_t(bytes)});
  };
  sax.characters = characters;
  sax.cdataBlock = characters;
  sax.ignorableWhitespace = characters;
  return sax;
}

struct FreeParser {
  void operator()(htmlParserCtxtPtr parser) const noexcept { ::htmlFreeParserCtxt(parser); }
};

}  // namespace

Result<HtmlText> html_to_text(std::string_view html, Furniture furniture) {
  PageReader reader(furniture);
  xmlSAXHandler sax = events();
  const std::unique_ptr<htmlParserCtxt, FreeParser> parser(
      ::htmlCreatePushParserCtxt(&sax, &reader, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8));
  if (!parser) return Error{Errc::system, "no memory for an HTML parser", "text.memory"};
  ::htmlCtxtUseOptions(parser.get(), HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                         HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                         HTML_PARSE_IGNORE_ENC);
  std::uint64_t work = 0;
  while (!html.empty()) {
    // The parser takes a zero byte for the end of its input.
    const std::string_view line = html.substr(0, html.find('\0'));
    if (line.empty()) {
      html.remove_prefix(1);
      continue;
    }
    const std::string_view chunk = utf8::truncate(line, kChunkBytes);
    work += chunk.size() * static_cast<std::uint64_t>(std::max(parser->nameNr, 1));
    if (work > kWorkMax) {
      return Error{Errc::rejected, "a page with elements nested too deeply", "text.too_deep",
                   Sent::yes};
    }
    ::htmlParseChunk(parser.get(), chunk.data(), static_cast<int>(chunk.size()), 0);
    html.remove_prefix(chunk.size());
  }
  ::htmlParseChunk(parser.get(), nullptr, 0, 1);
  return reader.take();
}

}  // namespace penstock::steps
