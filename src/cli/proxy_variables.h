// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The proxy variables of the environment, as curl reads them. Text only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/step_kinds.h"

namespace penstock::cli {

/// `http_proxy` (in lower case only: a CGI program gets HTTP_PROXY from its caller) for http URLs,
/// `https_proxy` for https URLs, `all_proxy` for what has none; `no_proxy` and this machine go
/// directly.
catalog::Proxy proxy_of(
    const std::function<std::optional<std::string>(std::string_view name)>& variable);

}  // namespace penstock::cli
