// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The members of a JSON object whose text is known to be JSON: each is cut out, nothing is parsed.
// It never reads past the text, whatever that is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::sinks {

/// Threads: owner only.
class Members {
 public:
  struct Member {
    std::string_view name;  ///< With quotes, as it stands.
    std::string_view json;
  };

  explicit Members(std::string_view object);

  /// The next member, or nothing at the end.
  std::optional<Member> next();

  /// The text is no object, or ends in the middle of one. Known when next() has given nothing.
  bool is_broken() const noexcept { return broken_; }

 private:
  void pass_blanks();
  bool pass(char expected);
  std::string_view take_value();
  std::string_view take_string();

  std::string_view left_;
  bool first_ = true;
  bool ended_ = false;
  bool broken_ = false;
};

/// The text of a JSON string, given with its quotes. Lone surrogates become U+FFFD.
/// REQUIRES: it is a JSON string; what follows a broken escape is dropped.
[[nodiscard]] std::string unquoted(std::string_view json);

/// Whether unquoted() is just what stands between the quotes.
[[nodiscard]] bool is_plain_string(std::string_view json);

}  // namespace penstock::sinks
