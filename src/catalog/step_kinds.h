// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What a [[step]] does: one factory for each kind. What is the engine's business (limits, retries,
// conditions) is not read here.
#pragma once

#include <penstock/step.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/setting_reader.h"
#include "catalog/template_reader.h"
#include "net/proxy_rules.h"

namespace penstock::catalog {

using Proxy = net::ProxyRules;

/// Where a step stands, and what the job lends it.
struct StepSite {
  std::filesystem::path folder;  ///< Relative paths start here.
  std::size_t index = 0;         ///< 0: the first step.
  std::string first_url;         ///< Of the first HTTP step, as written; empty for that one itself.
  Proxy proxy;                   ///< Of the user's environment, for steps that name none.
  placeholders::Resolver resolve;  ///< Values of `{env.NAME}` and `{secret.NAME}`.
};

struct StepSpec {
  std::string kind;  ///< "http".
  std::shared_ptr<const Step> step;
  std::vector<TemplateUse> uses;
  bool fans_out = false;   ///< `each`: the next step's items have fields that nobody can foresee.
  bool has_pages = false;  ///< `next`: items of this step may follow each other.
  std::string url;         ///< As written; empty for steps without one.
};

/// What `[[step]]` describes, or nothing and problems. Marks the keys that belong to kinds as
/// known; the caller reads its own and calls done().
std::optional<StepSpec> read_step(SettingReader& step, const StepSite& site);

}  // namespace penstock::catalog
