// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// iconv behind the names that are used on the web.
#include "steps/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/utf8.h"
#include "steps/ascii.h"

namespace penstock::steps {
namespace {

constexpr std::pair<std::string_view, std::string_view> kSupersets[] = {
    {"utf8", "utf-8"},
    {"unicode-1-1-utf-8", "utf-8"},
    {"ascii", "windows-1252"},
    {"us-ascii", "windows-1252"},
    {"latin1", "windows-1252"},
    {"iso-8859-1", "windows-1252"},
    {"iso8859-1", "windows-1252"},
    {"iso_8859-1", "windows-1252"},
    {"iso-8859-9", "windows-1254"},
    {"iso-8859-11", "windows-874"},
    {"tis-620", "windows-874"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"x-gbk", "gb18030"},
    {"shift_jis", "cp932"},
    {"shift-jis", "cp932"},
    {"sjis", "cp932"},
    {"x-sjis", "cp932"},
    {"euc-kr", "cp949"},
    {"ks_c_5601-1987", "cp949"},
    {"big5", "big5-hkscs"},
    {"x-x-big5", "big5-hkscs"},
    {"utf-16", "utf-16le"},
    {"x-cp1252", "windows-1252"},
};

std::string superset_of(std::string_view name) {
  std::string small = ascii_lower(name);
  const auto* found = std::find_if(std::begin(kSupersets), std::end(kSupersets),
                                   [&](const auto& row) { return row.first == small; });
  return found != std::end(kSupersets) ? std::string(found->second) : small;
}

std::string_view of_byte_order_mark(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) return "utf-8";
  if (bytes.starts_with("\xff\xfe")) return "utf-16le";
  if (bytes.starts_with("\xfe\xff")) return "utf-16be";
  return {};
}

/// `charset=...` in a meta element. A page that says UTF-16 there is not, or it could not be read.
std::string of_meta(std::string_view bytes) {
  constexpr std::size_t kLookedAtBytes = 1024;
  const std::string head = ascii_lower(bytes.substr(0, kLookedAtBytes));
  for (std::size_t meta = head.find("<meta"); meta != std::string::npos;
       meta = head.find("<meta", meta + 1)) {
    const std::string_view element =
        std::string_view(head).substr(meta, head.find('>', meta) - meta);
    const std::size_t at = element.find("charset");
    if (at == std::string_view::npos) continue;
    std::string_view value = element.substr(at + 7);
    value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n"), value.size()));
    if (!value.starts_with('=')) continue;
    value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n\"'", 1), value.size()));
    const std::string name = superset_of(value.substr(0, value.find_first_of(" \t\r\n\"';/>")));
    return name.starts_with("utf-16") ? "utf-8" : name;
  }
  return {};
}

class Converter {
 public:
  explicit Converter(const std::string& charset)
      : handle_(::iconv_open("UTF-8", charset.c_str())) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() {
    if (is_open()) ::iconv_close(handle_);
  }
  // iconv's own way to say "none".
  bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  std::string convert(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 4);
    char* in = const_cast<char*>(bytes.data());  // iconv takes, but does not write, its input.
    std::size_t in_left = bytes.size();
    while (in_left > 0) {
      std::array<char, 16384> buffer;
      char* to = buffer.data();
      std::size_t to_left = buffer.size();
      const std::size_t result = ::iconv(handle_, &in, &in_left, &to, &to_left);
      const int reason = errno;
      out.append(buffer.data(), buffer.size() - to_left);
      if (result != static_cast<std::size_t>(-1) || reason == E2BIG) continue;
      out.append(utf8::kReplacement);
      if (reason == EINVAL) break;  // The text ends within a character.
      ++in;
      --in_left;
    }
    return out;
  }

 private:
  iconv_t handle_;
};

}  // namespace

std::string charset_of(std::string_view bytes, std::string_view header_charset, Markup markup) {
  if (!header_charset.empty()) return superset_of(header_charset);
  if (const auto mark = of_byte_order_mark(bytes); !mark.empty()) return std::string(mark);
  if (markup == Markup::html) {
    if (std::string meta = of_meta(bytes); !meta.empty()) return meta;
  }
  return "utf-8";
}

Result<std::string> to_utf8(std::string_view bytes, std::string_view charset) {
  if (of_byte_order_mark(bytes) == charset) bytes.remove_prefix(charset == "utf-8" ? 3 : 2);
  if (charset == "utf-8") {
    return utf8::is_valid(bytes) ? std::string(bytes) : utf8::to_valid(bytes);
  }
  const Error unknown{Errc::rejected,
                      "unknown charset: " + utf8::to_valid(utf8::truncate(charset, 40)),
                      "text.charset", Sent::yes};
  // iconv takes suffixes such as //TRANSLIT, and names that mean the locale's charset; neither is
  // for a server to choose.
  const bool is_name = !charset.empty() && charset.size() < 40 &&
                       std::all_of(charset.begin(), charset.end(), [](unsigned char c) {
                         return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                                c == '_' || c == '.' || c == ':';
                       });
  if (!is_name || charset == "char" || charset == "wchar_t") return unknown;
  Converter converter{std::string(charset)};
  if (!converter.is_open()) return unknown;
  return converter.convert(bytes);
}

}  // namespace penstock::steps
