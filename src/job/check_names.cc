// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Only the first part of a path can be judged: what is inside an answer is not known before it
// came.
#include "job/check_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/setting_reader.h"
#include "core/json.h"

namespace penstock::job {
namespace {

/// "search.total" -> "search"; "/parent/term" -> "parent".
std::string first_part(const std::string& name) {
  if (!name.starts_with('/')) return name.substr(0, name.find('.'));
  const std::vector<std::string> parts = json::pointer_parts(name);
  return parts.empty() ? std::string() : parts.front();
}

bool is_known(const std::string& name, const KnownNames& known) {
  const auto has = [&known](const std::string& wanted) {
    return std::find(known.names.begin(), known.names.end(), wanted) != known.names.end();
  };
  return has(name) || has(first_part(name));
}

}  // namespace

void check_names(const std::vector<catalog::TemplateUse>& uses, const KnownNames& known,
                 catalog::Problems& problems) {
  if (known.open) return;
  for (const catalog::TemplateUse& use : uses)
    for (const std::string& name : use.names)
      if (!is_known(name, known))
        problems.error(use.at, use.key,
                       fmt::format("no item has a field \"{}\" here{}", name,
                                   catalog::suggestion(name, known.names)));
}

}  // namespace penstock::job
