// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// --help is whole, and fits a terminal.
#include "help.h"

#include "behaviour.h"
#include "options.h"

#include <gtest/gtest.h>

#include <sstream>

namespace penstock::lab {
namespace {

TEST(Help, names_every_option_and_behaviour) {
  const auto text = help_text();
  for (const auto& option : option_lines()) {
    EXPECT_NE(text.find("  --" + std::string(option.name)), std::string::npos) << option.name;
  }
  for (const auto& knob : knobs()) {
    EXPECT_NE(text.find("\n  " + std::string(knob.name)), std::string::npos) << knob.name;
  }
}

TEST(Help, fits_a_terminal) {
  std::istringstream lines(help_text());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

}  // namespace
}  // namespace penstock::lab
