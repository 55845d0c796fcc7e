// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a command may say and ask. Results go out, everything else to err; the two never mix. Tests
// give it strings instead of a terminal.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "report/style.h"

namespace penstock::cli {

/// One place to write to.
struct Channel {
  std::function<int(std::string_view)> write;  ///< 0, or an errno: then nothing is written again.
  report::Style style;
  bool is_terminal = false;
  std::function<std::size_t()> measure;  ///< The width now; null: it never changes.
};

/// Threads: owner only. Blocks: as its channels do.
class Console {
 public:
  using Environment = std::function<std::optional<std::string>(std::string_view)>;

  Console(Channel out, Channel err, Environment environment);

  /// Results, for a pipe or a file. After a failure further text is dropped; out_error() says why.
  void out(std::string_view text);

  /// Words for the user.
  void err(std::string_view text);

  /// "penstock: " + `text` as one safe line on err.
  void complain(std::string_view text);

  /// Look how wide the places are now: windows are pulled.
  void measure();

  /// 0, or the errno of the first failure: EPIPE if the reader has gone.
  int out_error() const noexcept { return out_error_; }
  const report::Style& out_style() const noexcept { return out_.style; }
  const report::Style& err_style() const noexcept { return err_.style; }
  bool out_is_terminal() const noexcept { return out_.is_terminal; }
  bool err_is_terminal() const noexcept { return err_.is_terminal; }

  std::optional<std::string> variable(std::string_view name) const { return environment_(name); }

  /// Ask a question whose answer is yes or no. Nothing if there is nobody to ask (standard input
  /// or err is no terminal). Blocks: until a line is typed.
  std::optional<bool> ask(std::string_view question);

 private:
  Channel out_;
  Channel err_;
  Environment environment_;
  int out_error_ = 0;
  int err_error_ = 0;
};

/// The console of this process: descriptors 1 and 2, the real environment. Widths are those of
/// the terminals (COLUMNS, else TIOCGWINSZ, else 80); no colours with NO_COLOR or TERM=dumb.
Console process_console();

}  // namespace penstock::cli
