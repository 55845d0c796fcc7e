// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Building a Document from the events of Boost.JSON's parser, which checks syntax, UTF-8,
// surrogates and depth. Nothing here looks at the source text again.
#include "core/json.h"
#include "core/json_text.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <unordered_set>

namespace penstock::json {

constexpr std::size_t kDepthMax = 500;  // The parser below us recurses: some 200 bytes a level.
constexpr std::size_t kBytesMax = (std::size_t{1} << 28U) - 1;  // Entry::count has 28 bits.

// Follows the event names that boost::json::basic_parser asks for.
class TapeBuilder {
 public:
  using Text = boost::json::string_view;
  using Code = boost::json::error_code;
  // NOLINTBEGIN(readability-identifier-naming): and for these.
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  /// Normalised text is never longer than its source, so one reservation is enough.
  explicit TapeBuilder(std::size_t source_bytes) {
    document_.tape_.clear();
    document_.text_.clear();
    document_.text_.reserve(source_bytes);
    document_.tape_.reserve(source_bytes / 16 + 4);
  }

  Document take() { return std::move(document_); }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code&) { return open('[', Kind::array); }
  bool on_array_end(std::size_t, Code&) { return close(']'); }
  bool on_object_begin(Code&) { return open('{', Kind::object); }
  bool on_object_end(std::size_t, Code&) { return close('}'); }
  bool on_key_part(Text part, std::size_t, Code&) { return add_key_part(part); }
  bool on_key(Text part, std::size_t, Code&) {
    add_key_part(part);
    end_string();
    text() += ':';
    return true;
  }
  bool on_string_part(Text part, std::size_t, Code&) { return add_value_part(part); }
  bool on_string(Text part, std::size_t, Code&) {
    add_value_part(part);
    end_string();
    return true;
  }
  bool on_number_part(Text part, Code&) { return add_number_part(part); }
  bool on_int64(std::int64_t, Text part, Code&) { return end_number(part); }
  bool on_uint64(std::uint64_t, Text part, Code&) { return end_number(part); }
  bool on_double(double, Text part, Code&) { return end_number(part); }
  bool on_bool(bool truth, Code&) { return add_word(truth ? "true" : "false", Kind::boolean); }
  bool on_null(Code&) { return add_word("null", Kind::null); }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

 private:
  std::string& text() { return document_.text_; }
  std::uint32_t here() { return static_cast<std::uint32_t>(document_.text_.size()); }

  Document::Entry& begin_entry(Kind kind) {
    auto& entry = document_.tape_.emplace_back();
    entry = {here(), 0, 0, 0, static_cast<std::uint32_t>(kind) & 7U, 0};
    return entry;
  }

  // A value in an array counts itself; a value in an object was counted with its key.
  void begin_value() {
    if (open_.empty()) return;
    auto& parent = document_.tape_[open_.back()];
    if (static_cast<Kind>(parent.kind) == Kind::array && parent.count++ > 0) text() += ',';
  }

  bool open(char bracket, Kind kind) {
    begin_value();
    open_.push_back(static_cast<std::uint32_t>(document_.tape_.size()));
    begin_entry(kind);
    text() += bracket;
    return true;
  }

  bool close(char bracket) {
    text() += bracket;
    auto& entry = document_.tape_[open_.back()];
    entry.end = here();
    entry.next = static_cast<std::uint32_t>(document_.tape_.size());
    open_.pop_back();
    return true;
  }

  bool add_key_part(Text part) {
    if (!in_token_ && document_.tape_[open_.back()].count++ > 0) text() += ',';
    return add_string_part(part);
  }

  bool add_value_part(Text part) {
    if (!in_token_) begin_value();
    return add_string_part(part);
  }

  bool add_string_part(Text part) {
    if (!in_token_) {
      begin_entry(Kind::string);
      text() += '"';
      in_token_ = true;
    }
    auto& entry = document_.tape_.back();
    const std::size_t before = text().size();
    escape_valid({part.data(), part.size()}, text());
    if (!entry.escaped && text().size() - before != part.size()) {
      // Up to here the string was its own decoded form.
      entry.escaped = 1;
      entry.next = static_cast<std::uint32_t>(document_.decoded_.size());
      document_.decoded_.append(text(), entry.begin + 1, before - entry.begin - 1);
    }
    if (entry.escaped) document_.decoded_.append(part.data(), part.size());
    return true;
  }

  void end_string() {
    text() += '"';
    auto& entry = document_.tape_.back();
    entry.end = here();
    if (entry.escaped) {
      entry.count = static_cast<std::uint32_t>(document_.decoded_.size() - entry.next) & 0xFFFFFFFU;
    }
    in_token_ = false;
  }

  bool add_number_part(Text part) {
    if (!in_token_) {
      begin_value();
      begin_entry(Kind::number);
      in_token_ = true;
    }
    text().append(part.data(), part.size());
    return true;
  }

  bool end_number(Text part) {
    add_number_part(part);
    document_.tape_.back().end = here();
    in_token_ = false;
    return true;
  }

  bool add_word(std::string_view word, Kind kind) {
    begin_value();
    auto& entry = begin_entry(kind);
    text() += word;
    entry.end = here();
    return true;
  }

  Document document_;
  std::vector<std::uint32_t> open_;  // Tape places of the containers that are not closed.
  bool in_token_ = false;            // Some of this string or number came, and more follows.
};

namespace {

Error wrong(std::string_view kind, std::string_view why, std::size_t at) {
  return {Errc::invalid, "JSON: " + std::string(why) + " at byte " + std::to_string(at),
          std::string(kind)};
}

boost::json::parse_options options_of(const Limits& limits) {
  boost::json::parse_options options;
  options.max_depth = std::min(limits.depth, kDepthMax);
  return options;
}

}  // namespace

Document::Document() : text_("null"), tape_(1) {
  tape_.front() = {0, 4, 1, 0, static_cast<std::uint32_t>(Kind::null) & 7U, 0};
}

Result<Document> Document::parse(std::string_view text, Limits limits) {
  const std::size_t bytes_max = std::min(limits.bytes, kBytesMax);
  if (text.size() > bytes_max) {
    return Error{Errc::invalid,
                 "JSON: " + std::to_string(text.size()) + " bytes, more than the limit of " +
                     std::to_string(bytes_max),
                 "json.size"};
  }
  const std::size_t mark_bytes = text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  const std::string_view body = text.substr(mark_bytes);
  boost::json::basic_parser<TapeBuilder> parser(options_of(limits), body.size());
  boost::json::error_code code;
  const std::size_t used = parser.write_some(false, body.data(), body.size(), code);
  if (code == boost::json::error::too_deep) {
    return wrong("json.depth", "nested deeper than the limit", mark_bytes + used);
  }
  if (code) return wrong("json.syntax", code.message(), mark_bytes + used);
  const std::size_t rest = body.find_first_not_of(" \t\r\n", used);
  if (rest != std::string_view::npos) {
    return wrong("json.syntax", "more text behind the value", mark_bytes + rest);
  }
  return parser.handler().take();
}

std::size_t Document::count_hidden_members() const {
  std::size_t hidden = 0;
  std::unordered_set<std::string_view> names;
  for (std::uint32_t i = 0; i < tape_.size(); ++i) {
    const Node node(this, i);
    if (!node.is(Kind::object) || node.size() < 2) continue;
    names.clear();
    for (const Member member : node.members()) hidden += names.insert(member.name).second ? 0 : 1;
  }
  return hidden;
}

}  // namespace penstock::json
