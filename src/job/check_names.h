// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Whether the names in placeholders and conditions can exist where they are used. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/problems.h"
#include "catalog/template_reader.h"

namespace penstock::job {

/// The names that an item has at one step.
struct KnownNames {
  std::vector<std::string> names;  ///< Fields of the source, `parent`, and earlier steps.
  bool open = false;               ///< There may be others: JSON lines, elements of `each`.
};

/// Note a problem for every name that cannot exist, and name the nearest that does.
void check_names(const std::vector<catalog::TemplateUse>& uses, const KnownNames& known,
                 catalog::Problems& problems);

}  // namespace penstock::job
