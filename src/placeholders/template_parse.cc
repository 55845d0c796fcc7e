// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Reading a template. Rendering one: template.cc.
#include "placeholders/template.h"

#include <algorithm>

#include "core/utf8.h"

namespace penstock::placeholders {

/// Reads one template from left to right; `at_` is always at the next unread byte.
class TemplateParser {
 public:
  TemplateParser(std::string_view text, Place place) : text_(text), place_(place) {}

  Result<Template> parse() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool is_doubled = at_ + 1 < text_.size() && text_[at_ + 1] == c;
      if ((c == '{' || c == '}') && is_doubled) {
        literal_ += c;
        at_ += 2;
      } else if (c == '{') {
        PENSTOCK_CHECK(read_placeholder());
      } else if (c == '}') {
        return wrong(at_, "\"}\" ends no placeholder; write }} for a brace");
      } else {
        literal_ += c;
        ++at_;
      }
    }
    PENSTOCK_CHECK(end_literal());
    result_.text_ = text_;
    result_.place_ = place_;
    return std::move(result_);
  }

 private:
  Error wrong(std::size_t at, std::string_view why) const {
    std::size_t column = 1;
    for (std::size_t i = 0; i < at; ++column) i += utf8::decode(text_, i).bytes;
    return {Errc::invalid, "column " + std::to_string(column) + ": " + std::string(why),
            "job.placeholder"};
  }

  Status end_literal() {
    if (literal_.empty()) return ok();
    if (const Status status = check_literal(place_, literal_); !status) {
      return wrong(at_ - std::min(at_, literal_.size()), status.error().message);
    }
    result_.parts_.push_back({std::move(literal_), {}, {}});
    literal_.clear();
    return ok();
  }

  Status read_placeholder() {
    PENSTOCK_CHECK(end_literal());
    const std::size_t begin = at_ + 1;
    const std::size_t end = text_.find_first_of("{}\n", begin);
    if (end == std::string_view::npos || text_[end] != '}') {
      return wrong(at_, "\"{\" begins no placeholder; write {{ for a brace");
    }
    Template::Part part;
    std::size_t bar = std::min(text_.find('|', begin), end);
    part.name = text_.substr(begin, bar - begin);
    PENSTOCK_CHECK(check_name(part.name));
    while (bar < end) {
      const std::size_t next = std::min(text_.find('|', bar + 1), end);
      auto filter = parse_filter(text_.substr(bar + 1, next - bar - 1));
      if (!filter) return wrong(bar + 1, filter.error().message);
      part.filters.push_back(std::move(*filter));
      bar = next;
    }
    result_.parts_.push_back(std::move(part));
    at_ = end + 1;
    return ok();
  }

  Status check_name(std::string_view name) const {
    const std::size_t at = at_ + 1;
    if (name.empty()) return wrong(at, "a placeholder needs a name; write {{ for a brace");
    if (name.find('"') != std::string_view::npos) {
      return wrong(at, "a name has no quotes; write {{ for a brace");
    }
    if (name.front() == '/') {
      const Status status = json::check_pointer(name);
      return status ? ok() : wrong(at, status.error().message);
    }
    if (name.front() == ' ' || name.back() == ' ') {
      return wrong(at, "blanks around a name; write {{ for a brace");
    }
    if (name == "env." || name == "secret.") return wrong(at, "a name must follow the dot");
    return ok();
  }

  std::string_view text_;
  Place place_;
  std::size_t at_ = 0;
  std::string literal_;  // What was read since the last placeholder.
  Template result_;
};

Result<Template> Template::parse(std::string_view text, Place place) {
  return TemplateParser(text, place).parse();
}

}  // namespace penstock::placeholders
