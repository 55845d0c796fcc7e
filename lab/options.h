// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The command line of penstock-lab, parsed into options that are known to be good.
#pragma once

#include "listen_address.h"
#include "responder.h"
#include "site.h"

#include <penstock/error.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::lab {

struct OutputOptions {
  std::string port_file{};   ///< The port, once listening. Written beside and renamed.
  std::string stats_file{};  ///< The counts, at the end.
  std::string log_file{};    ///< A line a request.
};

enum class Lifetime : std::uint8_t { until_signal, until_parent_ends };

struct LabOptions {
  ListenAddress listen{};
  unsigned threads = 1;
  Lifetime lifetime = Lifetime::until_signal;
  SiteOptions site{};
  ResponderOptions responder{};
  OutputOptions output{};
};

enum class Action : std::uint8_t { serve, show_help, show_version };

struct Invocation {
  Action action = Action::serve;
  LabOptions options{};
};

/// One option as --help lists it. An empty `group` goes on with the one before.
struct OptionLine {
  std::string_view group;
  std::string_view name;   ///< Without "--".
  std::string_view value;  ///< Empty: it takes none.
  std::string_view help;
};
[[nodiscard]] std::vector<OptionLine> option_lines();

/// Shape: the arguments without the program's name; "--name value" or "--name=value".
/// Errors: invalid, naming the option.
[[nodiscard]] Result<Invocation> parse_options(std::span<const std::string_view> arguments);

}  // namespace penstock::lab
