// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Parses the placeholders of a step and remembers which names they use, so that unknown ones are
// found before anything runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/problems.h"
#include "catalog/setting.h"
#include "placeholders/template.h"

namespace penstock::catalog {

/// The names that one text uses, and where it stands.
struct TemplateUse {
  Place at;
  std::string key;
  std::vector<std::string> names;     ///< Fields and steps.
  std::vector<std::string> reserved;  ///< "env.KEY", "worker", ...
};

/// Threads: owner only. REQUIRES: the problems outlive it.
class TemplateReader {
 public:
  explicit TemplateReader(Problems& problems) : problems_(problems) {}

  /// The template, or nothing and a problem at `at`.
  std::optional<placeholders::Template> parse(std::string_view text, placeholders::Place place,
                                              Place at, const std::string& key);

  /// Parse every string in a tree for its names alone (a JSON body).
  void note_strings(const Setting& value, const std::string& key);

  /// Remember names that were found elsewhere.
  void note(TemplateUse use) { uses_.push_back(std::move(use)); }

  std::vector<TemplateUse> take() { return std::move(uses_); }

 private:
  Problems& problems_;
  std::vector<TemplateUse> uses_;
};

}  // namespace penstock::catalog
