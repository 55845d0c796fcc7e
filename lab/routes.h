// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What each route answers when it is treated well. No limits, no faults, no counting here.
#pragma once

#include "answer.h"
#include "request.h"
#include "site.h"
#include "target.h"

namespace penstock::lab {

/// The plain answer of a request; 404 if no route knows its path.
/// REQUIRES: target is that of the request.
[[nodiscard]] Answer route(Site& site, const Request& request, const Target& target);

/// All routes, one a line, as --help and GET / show them.
[[nodiscard]] std::string route_list();

}  // namespace penstock::lab
