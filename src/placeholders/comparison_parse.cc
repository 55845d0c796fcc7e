// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Reading a condition by recursive descent. Deciding one: comparison.cc.
#include "placeholders/comparison.h"

#include <algorithm>
#include <array>

#include "core/utf8.h"

namespace penstock::placeholders {

/// Each parse_ function reads what it is named for and gives the place of its term in terms_.
class ComparisonParser {
 public:
  using Kind = Comparison::Kind;
  using Relation = Comparison::Relation;
  using Operand = Comparison::Operand;

  explicit ComparisonParser(std::string_view text) : text_(text) {}

  Result<Comparison> parse() {
    if (text_.size() > kTextBytesMax) return wrong("a condition of more than 4096 bytes");
    PENSTOCK_CHECK(parse_any());
    skip_blanks();
    if (at_ < text_.size()) return wrong("expected && or || or the end");
    result_.text_ = text_;
    return std::move(result_);
  }

 private:
  static constexpr std::size_t kTextBytesMax = 4096;  // Bounds the depth of the tree as well.
  static constexpr int kDepthMax = 50;

  Error wrong(std::string_view why) const {
    std::size_t column = 1;
    for (std::size_t i = 0; i < at_; ++column) i += utf8::decode(text_, i).bytes;
    return {Errc::invalid, "column " + std::to_string(column) + ": " + std::string(why),
            "job.condition"};
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool take(std::string_view token) {
    skip_blanks();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  std::size_t add(Comparison::Term term) {
    result_.terms_.push_back(std::move(term));
    return result_.terms_.size() - 1;
  }

  Result<std::size_t> parse_any() {
    PENSTOCK_TRY(first, parse_all());
    std::size_t term = first;
    while (take("||")) {
      PENSTOCK_TRY(next, parse_all());
      term = add({.kind = Kind::any, .first = term, .last = next});
    }
    return term;
  }

  Result<std::size_t> parse_all() {
    PENSTOCK_TRY(first, parse_test());
    std::size_t term = first;
    while (take("&&")) {
      PENSTOCK_TRY(next, parse_test());
      term = add({.kind = Kind::all, .first = term, .last = next});
    }
    return term;
  }

  Result<std::size_t> parse_test() {
    if (++depth_ > kDepthMax) return wrong("nested deeper than 50");
    auto term = parse_bounded_test();
    --depth_;
    return term;
  }

  Result<std::size_t> parse_bounded_test() {
    skip_blanks();
    if (text_.substr(at_, 2) != "!=" && take("!")) {
      PENSTOCK_TRY(term, parse_test());
      return add({.kind = Kind::negation, .first = term});
    }
    if (take("(")) {
      PENSTOCK_TRY(term, parse_any());
      if (!take(")")) return wrong("expected )");
      return term;
    }
    if (take("exists(")) return parse_question(Kind::exists);
    if (take("missing(")) return parse_question(Kind::missing);
    return parse_relation();
  }

  Result<std::size_t> parse_question(Kind kind) {
    PENSTOCK_TRY(operand, parse_operand());
    if (!operand.is_name) return wrong("expected the name of a field");
    if (!take(")")) return wrong("expected )");
    return add({.kind = kind, .left = std::move(operand)});
  }

  Result<std::size_t> parse_relation() {
    PENSTOCK_TRY(left, parse_operand());
    constexpr std::array<std::pair<std::string_view, Relation>, 6> kRelations{
        {{"==", Relation::equal},
         {"!=", Relation::unequal},
         {"<=", Relation::at_most},
         {">=", Relation::at_least},
         {"<", Relation::less},
         {">", Relation::greater}}};
    for (const auto& [sign, relation] : kRelations) {
      if (!take(sign)) continue;
      PENSTOCK_TRY(right, parse_operand());
      return add({.kind = Kind::relation,
                  .relation = relation,
                  .left = std::move(left),
                  .right = std::move(right)});
    }
    if (take("=")) return wrong("expected ==");
    if (!left.is_name && left.kind != json::Kind::boolean) return wrong("expected a comparison");
    return add({.kind = Kind::truth, .left = std::move(left)});
  }

  Result<Operand> parse_operand() {
    skip_blanks();
    const char first = at_ < text_.size() ? text_[at_] : '\0';
    if (first == '"') return parse_json_token(string_end());
    if (first == '\'') return parse_quoted();
    if (first == '{') return parse_braced();
    if (first == '-' || (first >= '0' && first <= '9')) {
      return parse_json_token(text_.find_first_not_of("+-.0123456789eE", at_));
    }
    return parse_word();
  }

  // Where the string that begins here ends: behind the next quote without a backslash before it.
  std::size_t string_end() const {
    std::size_t i = at_ + 1;
    while (i < text_.size() && text_[i] != '"') i += text_[i] == '\\' ? 2 : 1;
    return std::min(i + 1, text_.size());
  }

  Result<Operand> parse_json_token(std::size_t end) {
    const std::string_view token = text_.substr(at_, std::min(end, text_.size()) - at_);
    const auto document = json::Document::parse(token);
    if (!document) return wrong(token.front() == '"' ? "not a text" : "not a number");
    at_ += token.size();
    const json::Node root = document->root();
    return Operand{std::string(root.text()), root.kind(), false};
  }

  Result<Operand> parse_quoted() {
    const std::size_t end = text_.find('\'', at_ + 1);
    if (end == std::string_view::npos) return wrong("the text has no end");
    Operand operand{std::string(text_.substr(at_ + 1, end - at_ - 1)), json::Kind::string, false};
    at_ = end + 1;
    return operand;
  }

  Result<Operand> parse_braced() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return wrong("expected } behind the name");
    PENSTOCK_TRY(operand, named(text_.substr(at_ + 1, end - at_ - 1)));
    at_ = end + 1;
    return std::move(operand);
  }

  Result<Operand> parse_word() {
    const std::size_t end =
        std::min(text_.find_first_of(" \t\r\n()<>=!&|\"'{}", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    for (const std::string_view literal : {"true", "false", "null"}) {
      if (word != literal) continue;
      at_ = end;
      const auto kind = literal == "null" ? json::Kind::null : json::Kind::boolean;
      return Operand{std::string(word), kind, false};
    }
    PENSTOCK_TRY(operand, named(word));
    at_ = end;
    return std::move(operand);
  }

  Result<Operand> named(std::string_view name) const {
    if (name.empty()) return wrong("expected a field or a value");
    if (name.front() == '/') {
      if (const Status status = json::check_pointer(name); !status) {
        return wrong(status.error().message);
      }
    }
    return Operand{std::string(name), json::Kind::null, true};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Comparison result_;
};

Result<Comparison> Comparison::parse(std::string_view text) {
  return ComparisonParser(text).parse();
}

}  // namespace penstock::placeholders
